import { hasRows, runSql, type Sql } from 'graphql-gatehouse/package';

/** What the same person may not do for one account within a day: both would give it the whole account. */
export type Duty = 'FACTORS' | 'CREDENTIALS';

/** Something that someone did for another user. */
export interface DoneDuty {
  readonly userId: string;
  /** Null: anyone can be behind it, so that it counts as done by everyone. */
  readonly actorId: string | null;
  readonly duty: Duty;
  readonly at: Date;
}

/** Remembers that someone did something for an account. */
export const recordDuty = (sql: Sql, { userId, actorId, duty, at }: DoneDuty): Promise<void> =>
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
