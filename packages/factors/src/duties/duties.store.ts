import { hasRows, runSql, type Sql } from 'graphql-gatehouse/package';

/** What the same person may not do for one account within a day: both would give it the whole account. */
export type Duty = 'FACTORS' | 'CREDENTIALS';

interface DoneDuty {
  readonly userId: string;
  /** Null: anyone can be behind it, so that it counts as done by everyone. */
  readonly actorId: string | null;
  readonly duty: Duty;
}

export const recordDuty = (
  sql: Sql,
  { userId, actorId, duty }: DoneDuty,
  at: Date,
): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_factors.duties AS known (user_id, actor_id, duty, at)
    VALUES (${userId}::uuid, ${actorId}::uuid, ${duty}, ${at}::timestamptz)
    ON CONFLICT (user_id, actor_id, duty) DO UPDATE SET at = greatest(known.at, excluded.at)`;

/** Whether the same person may have done the other duty for this account since a time. */
export const hasDoneOther = (
  sql: Sql,
  { userId, actorId, duty }: DoneDuty,
  since: Date,
): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 FROM gatehouse_factors.duties
    WHERE user_id = ${userId}::uuid AND duty <> ${duty} AND at > ${since}::timestamptz
      AND (${actorId}::uuid IS NULL OR actor_id IS NULL OR actor_id = ${actorId}::uuid)`;

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
