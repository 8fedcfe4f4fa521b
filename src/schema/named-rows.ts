import { inspect } from 'node:util';
import {
  type Authorization,
  AuthorizationError,
  MissingRowError,
} from '@graphql-gatehouse/authorization';
import type { GraphQLResolveInfo } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { NamedRows } from '../changes/named-rows.ts';
import type { Context } from '../context/context.ts';

type RowReads = Pick<
  Authorization<Context>,
  'referencesOf' | 'readReferences' | 'requireKept' | 'placeOf'
>;
type NamedId = ReturnType<RowReads['referencesOf']>[number];

/** Creates the reads of the rows that the call of a mutation field names, for the viewer of its context. */
export function createNamedRows(
  { referencesOf, readReferences, requireKept, placeOf }: RowReads,
  contextOf: () => Context,
  info: GraphQLResolveInfo,
): NamedRows {
  const coordinate = `${info.parentType.name}.${info.fieldName}`;
  const inTransaction = (transaction: unknown, viewer?: Viewer): Context =>
    Object.create(contextOf(), {
      db: { value: transaction, enumerable: true },
      ...(viewer && {
        rights: { value: Object.assign({}, contextOf().rights, { viewer: () => viewer }) },
      }),
    });

  async function toPlace(transaction: unknown, type: string, id: unknown) {
    const row = await placeOf(type, id, inTransaction(transaction));
    return row && { type, id: row.id };
  }

  return {
    keys: () =>
      referencesOf(info).map(({ reference, id }) => `${reference.typeName} ${inspect(id)}`),

    async read(transaction, viewer) {
      const ids = referencesOf(info);
      if (ids.length === 0) return {};
      return byArgument(ids, await readReferences(ids, inTransaction(transaction, viewer), info));
    },

    async placesAt(transaction, names) {
      const named = referencesOf(info).filter((id) => names.includes(argumentOf(id)));
      const found = await Promise.all(
        named.map(({ reference, id }) => toPlace(transaction, reference.typeName, id)),
      );
      return found.filter((place) => place !== undefined);
    },

    placeOf: toPlace,

    async requireKept(transaction, { leaves, writes, result }, viewer) {
      const named = referencesOf(info).filter((id) => !leaves.includes(argumentOf(id)));
      try {
        await requireKept(
          { named, written: writes, result },
          inTransaction(transaction, viewer),
          info,
        );
      } catch (error) {
        throw error instanceof MissingRowError ? outOfReach(coordinate) : error;
      }
    },
  };
}

const outOfReach = (coordinate: string): AuthorizationError =>
  new AuthorizationError(
    { code: 'FORBIDDEN', reason: 'POLICY_DENIED', coordinate, requires: [], policies: [] },
    { effect: 'undone' },
  );

/** Returns the argument of an id, without its index in a list. */
const argumentOf = ({ argument }: NamedId): string => argument.replace(/(\.\d+)+$/, '');

/** Returns rows by argument: one row, or an array for a list. */
function byArgument(
  ids: readonly NamedId[],
  rows: readonly unknown[],
): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const [index, id] of ids.entries()) {
    const argument = argumentOf(id);
    const known = found.get(argument);
    const row = rows[index];
    if (argument === id.argument) found.set(argument, row);
    else found.set(argument, [...(Array.isArray(known) ? known : []), row]);
  }
  return Object.fromEntries(found);
}
