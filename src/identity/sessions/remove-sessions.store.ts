import type { SessionStoreDependencies } from '../store-dependencies.ts';

type RemovalDependencies = Pick<SessionStoreDependencies, 'database' | 'now'>;

/** How long ended sessions are kept. */
const keptDeadMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Removes sessions that are not needed any more: at most `limit` in one statement. Skips locked rows until the next
 * time.
 */
export function createSessionRemovals(dependencies: RemovalDependencies) {
  const { database, now } = dependencies;
  return {
    /**
     * Removes sessions that expired, or were ended one by one, more than a week ago. Returns the number of removed
     * sessions.
     */
    removeDead: (limit: number): Promise<number> => {
      const since = new Date(now().getTime() - keptDeadMs);
      return database.$executeRaw`
        WITH ended AS MATERIALIZED (
          SELECT id FROM gatehouse.sessions WHERE ended_at < ${since}
          ORDER BY ended_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        ), expired AS MATERIALIZED (
          SELECT id FROM gatehouse.sessions WHERE expires_at < ${since}
          ORDER BY expires_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        )
        DELETE FROM gatehouse.sessions WHERE id IN (
          SELECT id FROM ended UNION SELECT id FROM expired LIMIT ${limit}::int)`;
    },

    removeEndedTogether: (limit: number) => removeEndedTogether(dependencies, limit),
  };
}

/**
 * Removes sessions of one user that ended together: with a deleted user, or more than a week ago. Returns the number
 * of removed sessions, and undefined when there was nothing to do, or another node does it.
 */
async function removeEndedTogether(
  { database, now }: RemovalDependencies,
  limit: number,
): Promise<number | undefined> {
  const [row] = await database.$queryRaw<{ removed: number; finished: number }[]>`
    WITH removal AS MATERIALIZED (
      SELECT id, user_id, before_epoch FROM gatehouse.session_removals
      WHERE due_at <= ${now()} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ), ended AS MATERIALIZED (
      SELECT session.id FROM removal JOIN gatehouse.sessions AS session
        ON session.user_id = removal.user_id AND session.ended_at IS NULL
        AND session.epoch < removal.before_epoch
      LIMIT ${limit}::int FOR UPDATE OF session SKIP LOCKED
    ), of_deleted AS MATERIALIZED (
      SELECT session.id FROM removal JOIN gatehouse.sessions AS session
        ON session.user_id = removal.user_id AND removal.before_epoch IS NULL
      LIMIT ${limit}::int FOR UPDATE OF session SKIP LOCKED
    ), removed AS (
      DELETE FROM gatehouse.sessions
      WHERE id IN (SELECT id FROM ended UNION ALL SELECT id FROM of_deleted)
      RETURNING 1
    ), finished AS (
      DELETE FROM gatehouse.session_removals AS done USING removal
      WHERE done.id = removal.id
        AND NOT EXISTS (SELECT 1 FROM gatehouse.sessions
          WHERE user_id = removal.user_id AND ended_at IS NULL AND epoch < removal.before_epoch)
        AND (removal.before_epoch IS NOT NULL
          OR NOT EXISTS (SELECT 1 FROM gatehouse.sessions WHERE user_id = removal.user_id))
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM removed)::int AS removed,
      (SELECT count(*) FROM finished)::int AS finished`;
  const { removed = 0, finished = 0 } = row ?? {};
  return removed + finished > 0 ? removed : undefined;
}
