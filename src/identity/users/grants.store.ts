import { z } from 'zod';
import type { Actor } from '../../changes/origin.ts';
import type { Grant } from '../../values/groups.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { isUuid } from '../../values/uuid.ts';

/**
 * When each was granted: since then it was not taken away. Those of an API client are as old as the client.
 */
const texts = {
  USER: `SELECT "group", GREATEST(granted_at, taken_at) AS "grantedAt" FROM gatehouse.memberships
    WHERE user_id = $1::uuid AND (expires_at IS NULL OR expires_at > $2::timestamptz)`,
  API_CLIENT: `SELECT unnest(groups) AS "group", created_at AS "grantedAt" FROM gatehouse.api_clients
    WHERE id = $1::uuid AND $2::timestamptz IS NOT NULL`,
} as const;

const placedText = `SELECT DISTINCT "group" FROM gatehouse.place_memberships
  WHERE user_id = $1::uuid AND (expires_at IS NULL OR expires_at > $2::timestamptz)`;

const groupsSchema = z.array(z.object({ group: z.string() }));

/** Returns the groups that a user holds in any place. */
export async function readGroupsInPlaces(
  sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
  userId: string,
  at: Date,
): Promise<readonly string[]> {
  if (!isUuid(userId)) return [];
  const rows = groupsSchema.parse(await sql.$queryRawUnsafe(placedText, userId, at));
  return rows.map(({ group }) => group);
}

const grantsSchema = z.array(z.object({ group: z.string(), grantedAt: z.coerce.date() }));

/** Returns what a user or an API client was granted, without what has expired. */
export const readGrants = async (
  sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
  { kind, id }: Actor,
  at: Date,
): Promise<readonly Grant[]> =>
  isUuid(id) ? grantsSchema.parse(await sql.$queryRawUnsafe(texts[kind], id, at)) : [];
