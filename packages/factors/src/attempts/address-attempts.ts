import { createHash } from 'node:crypto';
import { readRow, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { Parts } from '../parts.ts';

/** Attempts with passkeys from one address in a window, which begins with the first one. */
const maxAddressAttempts = 300;
const windowMs = 15 * 60_000;

const countSchema = z.object({ points: z.number(), windowEndsAt: timeColumn });

/** Counts an attempt with a passkey from an address, for all nodes. Accounts are not locked by it. @throws RATE_LIMITED. */
export async function takeAddressAttempt(
  { sql, now, addressKey, errors }: Parts,
  ip: string | undefined,
): Promise<void> {
  // All clients of unknown addresses would share one counter.
  if (ip === undefined) return;
  const at = now();
  const key = createHash('sha256').update(addressKey(ip)).digest('hex');
  const { points, windowEndsAt } = await readRow(sql, countSchema)`
    INSERT INTO gatehouse_factors.address_attempts AS counted (key, points, window_ends_at)
    VALUES (decode(${key}, 'hex'), 1, ${new Date(at.getTime() + windowMs)}::timestamptz)
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN counted.window_ends_at <= ${at}::timestamptz THEN 1
        ELSE least(counted.points, ${maxAddressAttempts}::int) + 1 END,
      window_ends_at = CASE WHEN counted.window_ends_at <= ${at}::timestamptz
        THEN excluded.window_ends_at ELSE counted.window_ends_at END
    RETURNING points, window_ends_at AS "windowEndsAt"`;
  const retryAfterSeconds = (windowEndsAt.getTime() - at.getTime()) / 1000;
  if (points > maxAddressAttempts && retryAfterSeconds > 0) {
    throw errors.rateLimited(retryAfterSeconds);
  }
}
