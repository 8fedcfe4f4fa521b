import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';

/** What the same person may not do for one account within a day: both would give it the whole account. */
export type Duty = 'FACTORS' | 'CREDENTIALS';

/** Something that one user did for another. */
export interface DoneDuty {
  readonly userId: string;
  readonly actorId: string;
  readonly duty: Duty;
  readonly at: Date;
}

const apartMs = 24 * 60 * 60_000;

/** Remembers that a user did something for an account. */
export async function recordDuty(sql: Sql, done: DoneDuty): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_factors.duties (user_id, actor_id, duty, at)
     VALUES ($1::uuid, $2::uuid, $3, $4::timestamptz)
     ON CONFLICT (user_id, actor_id, duty) DO UPDATE SET at = excluded.at`,
    done.userId,
    done.actorId,
    done.duty,
    done.at.toISOString(),
  );
}

/**
 * Whether the same user did the other duty for this account within the last 24 hours. Who is behind an API client is not
 * known, so that it counts as the same as everyone: an ADMIN can make one, or replace its secret.
 */
export const hasDoneOther = (sql: Sql, { userId, actorId, duty, at }: DoneDuty): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse_factors.duties
     WHERE user_id = $1::uuid AND duty <> $3 AND at > $4::timestamptz
       AND (actor_id = $2::uuid
         OR EXISTS (SELECT 1 FROM gatehouse.api_clients WHERE id IN (actor_id, $2::uuid)))`,
    userId,
    actorId,
    duty,
    new Date(at.getTime() - apartMs).toISOString(),
  );
