import type { Actor, Origin } from '../../changes/origin.ts';
import type { RequireGrantable } from '../../schema/packages/require-grantable.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { readGrants, readGroupsInPlaces } from './grants.store.ts';

/** A change by which one can get into an account. */
export interface TakeOver {
  readonly origin: Pick<Origin, 'actor' | 'rights'>;
  /** The transaction has locked it, so that it gets no other groups meanwhile. */
  readonly account: Actor;
  readonly at: Date;
  readonly requireGrantable: RequireGrantable;
}

/** Requires that the viewer could grant the groups of an account, unless it is the viewer's own. @throws what `RequireGrantable` does. */
export async function requireMayTakeOver(
  sql: SqlTransaction,
  { origin, account, at, requireGrantable }: TakeOver,
): Promise<void> {
  const { actor } = origin;
  // Clients may send ids in any case.
  if (actor?.kind === account.kind && actor.id === account.id.toLowerCase()) return;
  const grants = await readGrants(sql, account, at);
  const inPlaces = account.kind === 'USER' ? await readGroupsInPlaces(sql, account.id, at) : [];
  await requireGrantable(origin, [...grants.map(({ group }) => group), ...inPlaces]);
}
