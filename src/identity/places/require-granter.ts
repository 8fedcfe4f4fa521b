import { type Origin, userIdOf } from '../../changes/origin.ts';
import { changedMeanwhile } from '../../changes/rights.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { allGrantedUntil, type GrantingRules, type GrantPlace, grantsUntil } from './granting.ts';
import { heldAround } from './held-around.store.ts';

/** What a change in a place needs to ask in its transaction. */
export interface Granting {
  readonly groups: readonly Group[];
  readonly place: GrantPlace;
  readonly origin: Origin;
  readonly at: Date;
  readonly rules: GrantingRules;
}

const heldByViewer = async (sql: SqlTransaction, { origin, place, at }: Granting) => {
  const granterId = userIdOf(origin);
  if (granterId === null) throw changedMeanwhile();
  return heldAround(sql, granterId, { place, at });
};

/**
 * Requires that the viewer may grant all of the groups, by what it holds around the place. Returns until when. Null: without
 * an end.
 *
 * @throws {ConflictError} CHANGED_MEANWHILE, when it no longer may.
 */
export async function requireGranter(
  sql: SqlTransaction,
  granting: Granting,
): Promise<Date | null> {
  const held = await heldByViewer(sql, granting);
  const until = allGrantedUntil(granting.groups, held, granting.rules);
  if (until === undefined) throw changedMeanwhile();
  return until;
}

/** The same for one of the groups, whichever it is. @throws {ConflictError} CHANGED_MEANWHILE. */
export async function requireSomeGranter(sql: SqlTransaction, granting: Granting): Promise<void> {
  const held = await heldByViewer(sql, granting);
  const { groups, rules } = granting;
  if (groups.some((group) => grantsUntil(group, held, rules) !== undefined)) return;
  throw changedMeanwhile();
}

/** Requires that what is granted ends no later than what it is granted by. @throws {BadUserInputError} */
export function requireNoLonger(expiresAt: Date | null, until: Date | null): void {
  if (until === null || (expiresAt !== null && expiresAt <= until)) return;
  throw new BadUserInputError(
    'expiresAt',
    `\`expiresAt\` must not be after ${until.toISOString()}, when your own membership ends.`,
  );
}
