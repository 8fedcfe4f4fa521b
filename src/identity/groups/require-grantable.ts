import type { Actor, Origin } from '../../changes/origin.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { readGrants } from './grants.store.ts';

/**
 * Requires that the viewer of a change could grant these groups now, by `Mutation.grantGroup(group:)`. A guard that was
 * loosened for another field would give more than its holder has otherwise.
 *
 * @throws {AuthorizationError} what `grantGroup` would be refused with.
 */
export type RequireGrantable = (
  origin: Pick<Origin, 'rights'>,
  groups: readonly string[],
) => Promise<void>;

/** What grants a group. It is decided, and never run. */
export const grantText =
  'mutation ($group: Group!) { grantGroup(userId: "", group: $group) { __typename } }';

/** A change by which one can get into an account. */
export interface TakeOver {
  readonly origin: Pick<Origin, 'actor' | 'rights'>;
  /** The transaction has locked it, so that it gets no other groups meanwhile. */
  readonly account: Actor;
  readonly at: Date;
  readonly requireGrantable: RequireGrantable;
}

/** Requires that the viewer could grant the groups of an account, unless it is the viewer's own. @throws as above. */
export async function requireMayTakeOver(
  sql: SqlTransaction,
  { origin, account, at, requireGrantable }: TakeOver,
): Promise<void> {
  const { actor } = origin;
  // Clients may send ids in any case.
  if (actor?.kind === account.kind && actor.id === account.id.toLowerCase()) return;
  const grants = await readGrants(sql, account, at);
  await requireGrantable(
    origin,
    grants.map(({ group }) => group),
  );
}
