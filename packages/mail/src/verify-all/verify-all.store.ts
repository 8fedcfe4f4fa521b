import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';

/** How far the verification of all addresses has come. */
export interface VerificationRun {
  /** The last user. Null: none yet. */
  readonly afterId: string | null;
}

/** Starts a run, or one more after the last was finished. Returns false while one is in progress. */
export const startRun = (sql: Sql, at: Date): Promise<boolean> =>
  hasRows(
    sql,
    `INSERT INTO gatehouse_mail.verification_runs AS run (id, after_id, started_at, finished_at)
     VALUES (1, NULL, $1::timestamptz, NULL)
     ON CONFLICT (id) DO UPDATE SET after_id = NULL, started_at = excluded.started_at, finished_at = NULL
       WHERE run.finished_at IS NOT NULL
     RETURNING 1`,
    at.toISOString(),
  );

/** Locks the run that is in progress: one node at a time goes on with it. */
export async function lockRun(sql: Sql): Promise<VerificationRun | undefined> {
  const [found] = await readRows(
    sql,
    z.object({ afterId: z.string().nullable() }),
    `SELECT after_id::text AS "afterId" FROM gatehouse_mail.verification_runs
     WHERE finished_at IS NULL FOR UPDATE SKIP LOCKED`,
  );
  return found;
}

export async function moveRun(sql: Sql, afterId: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    'UPDATE gatehouse_mail.verification_runs SET after_id = $1::uuid',
    afterId,
  );
}

export async function finishRun(sql: Sql, at: Date): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    'UPDATE gatehouse_mail.verification_runs SET finished_at = $1::timestamptz',
    at.toISOString(),
  );
}

/** Counts waiting mails for verification, up to a limit. */
export async function countWaiting(sql: Sql, limit: number): Promise<number> {
  const [found] = await readRows(
    sql,
    z.object({ count: z.number() }),
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM gatehouse_mail.outbox
       WHERE queue = 'ACCOUNT' AND done_at IS NULL LIMIT $1::int) AS waiting`,
    limit,
  );
  return found?.count ?? 0;
}
