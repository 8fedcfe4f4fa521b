import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';

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
export async function recordDuty(sql: Sql, { userId, actorId, duty, at }: DoneDuty): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_factors.duties AS known (user_id, actor_id, duty, at)
     VALUES ($1::uuid, $2::uuid, $3, $4::timestamptz)
     ON CONFLICT (user_id, actor_id, duty) DO UPDATE SET at = greatest(known.at, excluded.at)`,
    userId,
    actorId,
    duty,
    at.toISOString(),
  );
}

/** Whether the same person may have done the other duty for this account since a time. */
export const hasDoneOther = (
  sql: Sql,
  { userId, actorId, duty }: DoneDuty,
  since: Date,
): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse_factors.duties
     WHERE user_id = $1::uuid AND duty <> $3 AND at > $4::timestamptz
       AND ($2::uuid IS NULL OR actor_id IS NULL OR actor_id = $2::uuid)`,
    userId,
    actorId,
    duty,
    since.toISOString(),
  );
