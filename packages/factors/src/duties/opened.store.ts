import { hasRows, runSql, type Sql } from 'graphql-gatehouse/package';

/** Remembers that someone else has opened an account: its user, or that person, may be behind what it does. */
export const recordOpening = (sql: Sql, userId: string, at: Date): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_factors.opened_accounts AS known (user_id, at)
    VALUES (${userId}::uuid, ${at}::timestamptz)
    ON CONFLICT (user_id) DO UPDATE SET at = greatest(known.at, excluded.at)`;

/** Whether someone else has opened an account since a time. */
export const wasOpened = (sql: Sql, userId: string, since: Date): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 FROM gatehouse_factors.opened_accounts
    WHERE user_id = ${userId}::uuid AND at > ${since}::timestamptz`;

/** Whether an account holds a group that someone else has granted since a time. */
export const hasNewGroup = (sql: Sql, userId: string, since: Date): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 FROM gatehouse.memberships
    WHERE user_id = ${userId}::uuid AND granted_at > ${since}::timestamptz
      AND granted_by_id IS DISTINCT FROM user_id`;
