import { inspect } from 'node:util';
import {
  type Authorization,
  AuthorizationError,
  MissingRowError,
} from '@graphql-gatehouse/authorization';
import type { GraphQLResolveInfo } from 'graphql';
import type { NamedRows } from '../changes/named-rows.ts';
import type { Context } from '../context/context.ts';

type RowReads = Pick<Authorization<Context>, 'referencesOf' | 'readReferences'>;
type NamedId = ReturnType<RowReads['referencesOf']>[number];

/** Creates the reads of the rows that the call of a mutation field names, for the viewer of its context. */
export function createNamedRows(
  { referencesOf, readReferences }: RowReads,
  contextOf: () => Context,
  info: GraphQLResolveInfo,
): NamedRows {
  const coordinate = `${info.parentType.name}.${info.fieldName}`;
  const inTransaction = (transaction: unknown): Context =>
    Object.create(contextOf(), { db: { value: transaction, enumerable: true } });

  return {
    keys: () =>
      referencesOf(info).map(({ reference, id }) => `${reference.typeName} ${inspect(id)}`),

    async read(transaction) {
      const ids = referencesOf(info);
      if (ids.length === 0) return {};
      return byArgument(ids, await readReferences(ids, inTransaction(transaction), info));
    },

    async requireKept(transaction, { leaves, writes }) {
      const named = referencesOf(info).filter((id) => !leaves.includes(argumentOf(id)));
      const written = Object.entries(writes).flatMap(([typeName, ids]) =>
        ids.map((id) => ({ typeName, id })),
      );
      // The rule of the type alone: who may name a row here was asked before.
      const kept = [
        ...named.map(({ reference: { typeName }, id }) => ({ typeName, id })),
        ...written,
      ].map(({ typeName, id }) => ({
        reference: { typeName, rows: [] },
        id,
        coordinate,
        argument: typeName,
      }));
      if (kept.length === 0) return;
      try {
        await readReferences(kept, inTransaction(transaction), info);
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
