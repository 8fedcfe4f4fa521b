import type { GraphQLNamedType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { isInterfaceType, isObjectType, isUnionType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { type Offence, SchemaAuthorizationError } from '../requirements/declarations.ts';
import type { Requirements } from '../requirements/requirements.ts';
import type { Decider } from './decider.ts';
import { markHandled } from './mark-handled.ts';

/** The `__resolveReference` of a type of a federated schema. */
type ResolveReference<TContext> = (
  reference: unknown,
  context: TContext,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * Wraps the `__resolveReference` of a type, as `@apollo/subgraph` stores it, so that it is not called for a viewer
 * whom the type's clauses refuse. The guard of the union `_Entity` alone would refuse only its result.
 */
export function guardReferences<TContext>(
  decider: Decider<TContext>,
  type: GraphQLNamedType,
): void {
  if (decider.requirements.at(type.name).length === 0) return;
  const resolve = referenceResolver<TContext>(type);
  if (resolve === undefined) return;
  const guarded: ResolveReference<TContext> = (reference, context, info) => {
    const denied = decider.deniedByGroups(type.name, context, info);
    // An error that is thrown here would fail the references to other types too.
    return denied === undefined
      ? resolve(reference, context, info)
      : markHandled(Promise.reject(denied));
  };
  const apollo = recordIn(type.extensions, 'apollo');
  const subgraph = { ...recordIn(apollo, 'subgraph'), resolveReference: guarded };
  type.extensions = { ...type.extensions, apollo: { ...apollo, subgraph } };
}

/**
 * Refuses entities with policies that have no `__resolveReference`: their source would be the representation that the
 * client has sent, so a client could name itself the owner.
 *
 * @throws {SchemaAuthorizationError}
 */
export function requireReferenceResolvers(schema: GraphQLSchema, requirements: Requirements): void {
  const union = schema.getType('_Entity');
  const entities = isUnionType(union) ? union.getTypes() : [];
  const offences: readonly Offence[] = entities
    .filter((type) => !hasReferenceResolver(type))
    .flatMap((type) =>
      Object.values(type.getFields()).map(({ name }) => memberCoordinate(type.name, name)),
    )
    .filter((coordinate) => requirements.at(coordinate).some(({ or }) => or.length > 0))
    .map((coordinate) => ({ coordinate, problem: trustsClient }));
  if (offences.length > 0) throw new SchemaAuthorizationError(offences);
}

const trustsClient =
  'its type has no __resolveReference, so its policy would trust the representation that the client sends';

/** Other libraries than `@apollo/subgraph` set a property of the type. */
const hasReferenceResolver = (type: GraphQLNamedType): boolean =>
  referenceResolver(type) !== undefined || 'resolveReference' in type;

function referenceResolver<TContext>(
  type: GraphQLNamedType,
): ResolveReference<TContext> | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const resolve = recordIn(recordIn(type.extensions, 'apollo'), 'subgraph')?.resolveReference;
  return typeof resolve === 'function' ? (...args) => resolve(...args) : undefined;
}

type UnknownRecord = Readonly<Record<string, unknown>>;

const recordIn = (value: UnknownRecord | undefined, name: string): UnknownRecord | undefined => {
  const found = value?.[name];
  return typeof found === 'object' && found !== null ? { ...found } : undefined;
};
