import type { Authorization, AuthorizationOptions } from '@graphql-gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';
import { requireGoingOn } from '../values/require-going-on.ts';
import type { AnyDomain, TypeDefinition } from './domain.ts';

type RowTypes = NonNullable<AuthorizationOptions<Viewer, Context>['types']>;

/** Returns how the domains read rows by their ids, by type, for the guards. */
export function toRowTypes(
  domains: readonly AnyDomain[],
  isMalformed: (error: unknown) => boolean,
): RowTypes {
  const toRowType = ({ byIds, idOf, typeOf, toId, within }: TypeDefinition): RowTypes[string] => ({
    byIds(ids, { where, context }) {
      requireGoingOn(context);
      const { db } = context;
      return byIds(Object(ids.map(toGivenId)), Object({ db, where }));
    },
    isWrongId: isMalformed,
    ...(idOf === undefined ? {} : { idOf: (row) => idOf(row) }),
    ...(typeOf === undefined ? {} : { typeOf: (row) => typeOf(row) }),
    ...(toId === undefined ? {} : { toId }),
    ...(within === undefined ? {} : { within: toRowPlaces(within) }),
  });
  return Object.fromEntries(
    domains.flatMap(({ types = {} }) =>
      Object.entries(types).map(([name, type]) => [name, toRowType(type)] as const),
    ),
  );
}

const toRowPlaces = (
  within: NonNullable<TypeDefinition['within']>,
): NonNullable<RowTypes[string]['within']> =>
  Object.fromEntries(
    Object.entries(within).map(([type, { reads, of, where }]) => [
      type,
      { reads, of: (row) => of(row), where: (ids) => where([...ids]) },
    ]),
  );

/** Numbers, which the scalar `ID` accepts too, as texts. */
const toGivenId = (id: unknown): unknown => (typeof id === 'object' ? id : String(id));

/** Whether a schema has a rule for a type, or ids that name rows. */
export const hasRules = ({ source, requirements }: Authorization<Context>): boolean =>
  requirements.references.exist ||
  Object.keys(source.getTypeMap()).some((name) => requirements.ruleOf(name).length > 0);
