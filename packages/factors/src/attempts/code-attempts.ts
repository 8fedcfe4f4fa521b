import { readRow, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { Parts } from '../parts.ts';

/** Attempts in a window, which begins with the first one. */
const maxAttempts = 10;
const windowMs = 15 * 60_000;
/** Wrong codes of an authenticator app in a row, after which its codes rest. */
const maxFailures = 50;

/** What can be guessed. Only codes of an app count as failures in a row: recovery codes have too many bits. */
export type GuessedKind = 'otp' | 'recoveryCode';

const countSchema = z.object({
  points: z.number(),
  failures: z.number(),
  windowEndsAt: timeColumn,
});

const failuresOf = (kind: GuessedKind): 0 | 1 => (kind === 'otp' ? 1 : 0);

/**
 * Counts an attempt to guess a code of an account, for all nodes, before it is checked. One statement, so that attempts at
 * the same time cannot exceed a limit. A rejected attempt is not checked: it is one point over the limit, and no failure.
 * Returns false when too many codes were wrong in a row: they rest until another factor was proved.
 *
 * @throws RATE_LIMITED.
 */
export async function takeCodeAttempt(
  { sql, now, errors }: Parts,
  userId: string,
  kind: GuessedKind,
): Promise<boolean> {
  const at = now();
  const failure = failuresOf(kind);
  const { points, failures, windowEndsAt } = await readRow(sql, countSchema)`
    INSERT INTO gatehouse_factors.code_attempts AS counted (user_id, points, window_ends_at, failures)
    VALUES (${userId}::uuid, 1, ${new Date(at.getTime() + windowMs)}::timestamptz, ${failure}::int)
    ON CONFLICT (user_id) DO UPDATE SET
      points = CASE WHEN counted.window_ends_at <= ${at}::timestamptz THEN 1
        ELSE least(counted.points, ${maxAttempts}::int) + 1 END,
      window_ends_at = CASE WHEN counted.window_ends_at <= ${at}::timestamptz
        THEN excluded.window_ends_at ELSE counted.window_ends_at END,
      failures = CASE
        WHEN counted.window_ends_at <= ${at}::timestamptz OR counted.points < ${maxAttempts}::int
        THEN least(counted.failures + ${failure}::int, ${maxFailures + 1}::int)
        ELSE counted.failures END
    RETURNING points, failures, window_ends_at AS "windowEndsAt"`;
  if (points > maxAttempts) {
    throw errors.rateLimited((windowEndsAt.getTime() - at.getTime()) / 1000);
  }
  return failure === 0 || failures <= maxFailures;
}

/** Subtracts an attempt that was right and could not be used, because the database was unavailable. */
export const giveBackCodeAttempt = (sql: Sql, userId: string, kind: GuessedKind): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_factors.code_attempts
    SET points = greatest(points - 1, 0), failures = greatest(failures - ${failuresOf(kind)}::int, 0)
    WHERE user_id = ${userId}::uuid`;

/** Forgets all attempts of an account, also those that let codes rest. */
export const clearCodeAttempts = (sql: Sql, userId: string): Promise<void> =>
  runSql(sql)`DELETE FROM gatehouse_factors.code_attempts WHERE user_id = ${userId}::uuid`;
