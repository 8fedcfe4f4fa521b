import type { Database } from '../../src/database/connection.ts';

/** Returns the processes of PostgreSQL that serve the connections on which nodes listen. */
export async function listenerPids(database: Database, where = 'true'): Promise<readonly number[]> {
  const rows = await database.$queryRawUnsafe<{ pid: number }[]>(
    `SELECT pid FROM pg_stat_activity
      WHERE application_name = 'gatehouse notifications' AND datname = current_database() AND ${where}`,
  );
  return rows.map(({ pid }) => pid);
}
