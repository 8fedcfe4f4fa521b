import { readRow, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { hashOf } from './secrets.ts';
import type { ProvidersRuntime } from './settings.ts';

/** What one address may do in a window, which begins with the first attempt: begin, send codes, and sign up. */
const maxAttempts = 300;
const windowSeconds = 15 * 60;

const countSchema = z.object({ points: z.number(), windowEndsAt: timeColumn });

/**
 * Counts an attempt from an address, for all nodes. Without it, wrong codes would fill the audit log, and begins would make this
 * server send requests to the provider without a limit. @throws RATE_LIMITED.
 */
export async function takeAddressAttempt(
  { sql, now, addressKey, errors }: ProvidersRuntime,
  ip: string | undefined,
): Promise<void> {
  // All clients of unknown addresses would share one counter.
  if (ip === undefined) return;
  const at = now();
  const windowEnd = new Date(at.getTime() + windowSeconds * 1000);
  const { points, windowEndsAt } = await readRow(sql, countSchema)`
    INSERT INTO gatehouse_providers.address_attempts AS counted (key, points, window_ends_at)
    VALUES (decode(${hashOf(addressKey(ip))}, 'hex'), 1, ${windowEnd}::timestamptz)
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN counted.window_ends_at <= ${at}::timestamptz THEN 1
        ELSE least(counted.points, ${maxAttempts}::int) + 1 END,
      window_ends_at = CASE WHEN counted.window_ends_at <= ${at}::timestamptz
        THEN excluded.window_ends_at ELSE counted.window_ends_at END
    RETURNING points, window_ends_at AS "windowEndsAt"`;
  if (points > maxAttempts)
    throw errors.rateLimited((windowEndsAt.getTime() - at.getTime()) / 1000);
}
