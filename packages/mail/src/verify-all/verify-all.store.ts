import { findRow, hasRows, readRow, runSql, type Sql } from 'graphql-gatehouse/package';
import { z } from 'zod';

/** How far the verification of all addresses has come: the last user. Null: none yet. */
const runSchema = z.object({ afterId: z.string().nullable() });

/** Starts a run, or one more after the last was finished. Returns false while one is in progress. */
export const startRun = (sql: Sql, at: Date): Promise<boolean> =>
  hasRows(sql)`
    INSERT INTO gatehouse_mail.verification_runs AS run (id, after_id, started_at, finished_at)
    VALUES (1, NULL, ${at}::timestamptz, NULL)
    ON CONFLICT (id) DO UPDATE SET after_id = NULL, started_at = excluded.started_at, finished_at = NULL
      WHERE run.finished_at IS NOT NULL
    RETURNING 1`;

/** Locks the run that is in progress: one node at a time goes on with it. */
export const lockRun = (sql: Sql): Promise<z.infer<typeof runSchema> | undefined> =>
  findRow(sql, runSchema)`
    SELECT after_id::text AS "afterId" FROM gatehouse_mail.verification_runs
    WHERE finished_at IS NULL FOR UPDATE SKIP LOCKED`;

export const moveRun = (sql: Sql, afterId: string): Promise<void> =>
  runSql(sql)`UPDATE gatehouse_mail.verification_runs SET after_id = ${afterId}::uuid`;

export const finishRun = (sql: Sql, at: Date): Promise<void> =>
  runSql(sql)`UPDATE gatehouse_mail.verification_runs SET finished_at = ${at}::timestamptz`;

/** Counts waiting mails for verification, up to a limit. */
export async function countWaiting(sql: Sql, limit: number): Promise<number> {
  const { count } = await readRow(sql, z.object({ count: z.number() }))`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM gatehouse_mail.outbox
      WHERE queue = 'ACCOUNT' AND done_at IS NULL LIMIT ${limit}::int) AS waiting`;
  return count;
}
