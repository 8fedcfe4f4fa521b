import { z } from 'zod';
import { readRows, type Sql, timeColumn } from '../database/rows.ts';

/** Attempts in a window, which begins with the first one. */
export const maxAttempts = 10;
export const windowSeconds = 15 * 60;
/** Wrong codes of an authenticator app in a row, after which its codes rest. */
const maxFailures = 50;

/** What can be guessed. Only codes of an app count as failures in a row: recovery codes have too many bits. */
export type GuessedKind = 'otp' | 'recoveryCode';

/** A counted attempt. */
export type CodeAttempt =
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  /** Too many codes were wrong in a row: they rest until another factor was proved. */
  | { readonly outcome: 'resting' }
  | { readonly outcome: 'counted' };

/** Counts the attempts to guess codes of accounts, for all nodes. */
export interface CodeAttempts {
  /** Counts an attempt, before it is checked. One statement, so that attempts at the same time cannot exceed a limit. */
  take(userId: string, kind: GuessedKind): Promise<CodeAttempt>;
  /** Subtracts an attempt that was right and could not be used, because the database was unavailable. */
  giveBack(userId: string, kind: GuessedKind): Promise<void>;
  /** Forgets all attempts, also those that let codes rest. */
  clear(userId: string): Promise<void>;
}

const countSchema = z.object({
  points: z.number(),
  failures: z.number(),
  windowEndsAt: timeColumn,
});

export function createCodeAttempts(sql: Sql, now: () => Date): CodeAttempts {
  return {
    async take(userId, kind) {
      const at = now();
      const windowEndsAt = new Date(at.getTime() + windowSeconds * 1000);
      const [counted] = await readRows(
        sql,
        countSchema,
        takeStatement,
        userId,
        at.toISOString(),
        windowEndsAt.toISOString(),
        maxAttempts,
        kind === 'otp' ? 1 : 0,
      );
      if (counted === undefined) throw new Error('The attempt was not counted.');
      if (counted.points > maxAttempts) {
        const retryAfterMs = counted.windowEndsAt.getTime() - at.getTime();
        return { outcome: 'limited', retryAfterSeconds: retryAfterMs / 1000 };
      }
      const isResting = kind === 'otp' && counted.failures > maxFailures;
      return { outcome: isResting ? 'resting' : 'counted' };
    },

    async giveBack(userId, kind) {
      await readRows(
        sql,
        z.unknown(),
        `UPDATE gatehouse_factors.code_attempts
         SET points = greatest(points - 1, 0), failures = greatest(failures - $2::int, 0)
         WHERE user_id = $1::uuid`,
        userId,
        kind === 'otp' ? 1 : 0,
      );
    },

    clear: (userId) => clearAttempts(sql, userId),
  };
}

/** Forgets the attempts of an account, also in a transaction. */
export async function clearAttempts(sql: Sql, userId: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    'DELETE FROM gatehouse_factors.code_attempts WHERE user_id = $1::uuid',
    userId,
  );
}

/** A refused attempt is not checked: it is one point over the limit, and no failure. */
const takeStatement = `
  INSERT INTO gatehouse_factors.code_attempts AS counted (user_id, points, window_ends_at, failures)
  VALUES ($1::uuid, 1, $3::timestamptz, $5::int)
  ON CONFLICT (user_id) DO UPDATE SET
    points = CASE WHEN counted.window_ends_at <= $2::timestamptz THEN 1
      ELSE least(counted.points, $4::int) + 1 END,
    window_ends_at = CASE WHEN counted.window_ends_at <= $2::timestamptz THEN excluded.window_ends_at
      ELSE counted.window_ends_at END,
    failures = CASE
      WHEN counted.window_ends_at <= $2::timestamptz OR counted.points < $4::int
      THEN least(counted.failures + $5::int, ${maxFailures + 1})
      ELSE counted.failures END
  RETURNING points, failures, window_ends_at AS "windowEndsAt"`;
