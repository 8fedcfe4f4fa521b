import { describeInPlace } from '../../changes/place-changes.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { Group } from '../../values/groups.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { GrantPlace } from './granting.ts';

/** A group that a user gets in a place. */
export interface GivenGroup {
  readonly userId: string;
  readonly group: Group;
  readonly place: Pick<GrantPlace, 'type' | 'id'>;
  /** Null: without an end. */
  readonly expiresAt: Date | null;
  /** Null: not a user. */
  readonly grantedById: string | null;
}

/** A membership that is held keeps the time of its grant, as a global one does. */
const giveText = `
  INSERT INTO gatehouse.place_memberships AS held (user_id, type, place_id, "group", granted_at, expires_at, granted_by_id)
  VALUES ($1::uuid, $2, $3, $4, $5::timestamptz, $6::timestamptz, $7::uuid)
  ON CONFLICT (user_id, type, place_id, "group") DO UPDATE SET
    expires_at = EXCLUDED.expires_at,
    granted_at = CASE WHEN held.expires_at <= EXCLUDED.granted_at THEN EXCLUDED.granted_at ELSE held.granted_at END,
    granted_by_id = CASE WHEN held.expires_at <= EXCLUDED.granted_at THEN EXCLUDED.granted_by_id ELSE held.granted_by_id END`;

/** Gives a group in a place, and records it. Of one that is held already, its end alone is replaced. */
export async function giveGroup(
  sql: SqlTransaction,
  { userId, group, place, expiresAt, grantedById }: GivenGroup,
  { at, record }: Pick<Writing, 'at' | 'record'>,
): Promise<void> {
  const { type, id } = place;
  await sql.$queryRawUnsafe(giveText, userId, type, id, group, at, expiresAt, grantedById);
  const ending = expiresAt === null ? '' : ` until ${expiresAt.toISOString()}`;
  const detail = `${describeInPlace(group, place)}${ending}`;
  await record({ action: 'membership.granted', subjectId: userId, detail });
}
