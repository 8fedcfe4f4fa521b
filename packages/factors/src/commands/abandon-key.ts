import { readRows, runSql } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { Parts } from '../parts.ts';

/**
 * Gives up the secrets of a lost key: their codes are refused from now on, and a second factor stays due. Each account is
 * one transaction, so that it may be stopped and run again at any time. Returns how many there were.
 *
 * @throws CONFLICT, KEY_PRESENT, while `FACTORS_KEYS` has the key.
 */
export async function abandonKey(
  { sql, accounts, keys, errors }: Parts,
  version: number,
): Promise<number> {
  if (keys.versions.has(version)) {
    const message = `FACTORS_KEYS has version ${version}: run \`gatehouse factors-rotate-key\`, then remove it there.`;
    throw errors.conflict('KEY_PRESENT', message);
  }
  const found = await readRows(sql, z.object({ userId: z.string(), count: z.number() }))`
    SELECT user_id::text AS "userId", count(*)::int AS count FROM gatehouse_factors.otp_factors
    WHERE key_version = ${version}::int AND lost_at IS NULL GROUP BY user_id ORDER BY user_id`;
  const event = { action: 'otp.lost', detail: `key version ${version}` };
  for (const { userId } of found) {
    await accounts.change({ userId, event, ends: 'none' }, async (transaction, { at }) => {
      await runSql(transaction)`
        UPDATE gatehouse_factors.otp_factors SET lost_at = ${at}::timestamptz, secret = ''
        WHERE user_id = ${userId}::uuid AND key_version = ${version}::int AND lost_at IS NULL`;
    });
  }
  return found.reduce((sum, { count }) => sum + count, 0);
}
