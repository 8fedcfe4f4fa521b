import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readRows, type Sql, timeColumn } from '../database/rows.ts';

/** Attempts with passkeys from one address in a window, which begins with the first one. */
export const maxAddressAttempts = 300;
const windowSeconds = 15 * 60;

/** Counts the attempts with passkeys from addresses, for all nodes. Accounts are not locked by them. */
export interface AddressAttempts {
  /** Counts an attempt. Returns after how many seconds the address may try again, or 0. */
  take(addressKey: string): Promise<number>;
}

const countSchema = z.object({ points: z.number(), windowEndsAt: timeColumn });

export const createAddressAttempts = (sql: Sql, now: () => Date): AddressAttempts => ({
  async take(addressKey) {
    const at = now();
    const [counted] = await readRows(
      sql,
      countSchema,
      `INSERT INTO gatehouse_factors.address_attempts AS counted (key, points, window_ends_at)
       VALUES (decode($1, 'hex'), 1, $3::timestamptz)
       ON CONFLICT (key) DO UPDATE SET
         points = CASE WHEN counted.window_ends_at <= $2::timestamptz THEN 1
           ELSE least(counted.points, $4::int) + 1 END,
         window_ends_at = CASE WHEN counted.window_ends_at <= $2::timestamptz
           THEN excluded.window_ends_at ELSE counted.window_ends_at END
       RETURNING points, window_ends_at AS "windowEndsAt"`,
      createHash('sha256').update(addressKey).digest('hex'),
      at.toISOString(),
      new Date(at.getTime() + windowSeconds * 1000).toISOString(),
      maxAddressAttempts,
    );
    if (counted === undefined) throw new Error('The attempt was not counted.');
    const { points, windowEndsAt } = counted;
    return points > maxAddressAttempts ? (windowEndsAt.getTime() - at.getTime()) / 1000 : 0;
  },
});
