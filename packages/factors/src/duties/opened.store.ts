import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';

/** Remembers that someone else has opened an account: its user, or that person, may be behind what it does. */
export async function recordOpening(sql: Sql, userId: string, at: Date): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_factors.opened_accounts AS known (user_id, at)
     VALUES ($1::uuid, $2::timestamptz)
     ON CONFLICT (user_id) DO UPDATE SET at = greatest(known.at, excluded.at)`,
    userId,
    at.toISOString(),
  );
}

/** Whether someone else has opened an account since a time. */
export const wasOpened = (sql: Sql, userId: string, since: Date): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse_factors.opened_accounts
     WHERE user_id = $1::uuid AND at > $2::timestamptz`,
    userId,
    since.toISOString(),
  );

/** Whether an account holds a group that someone else has granted since a time. */
export const hasNewGroup = (sql: Sql, userId: string, since: Date): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse.memberships
     WHERE user_id = $1::uuid AND granted_at > $2::timestamptz
       AND granted_by_id IS DISTINCT FROM user_id`,
    userId,
    since.toISOString(),
  );
