import { z } from 'zod';
import { readRows, type Sql, timeColumn } from '../database/rows.ts';

/** How long an account may enrol a first factor after the grace of a group. */
const openMs = 24 * 60 * 60_000;

/** Lets an account enrol a first factor for 24 hours, and returns the end. */
export async function openEnrolment(sql: Sql, userId: string, at: Date): Promise<Date> {
  const until = new Date(at.getTime() + openMs);
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_factors.enrolment_openings (user_id, until)
     VALUES ($1::uuid, $2::timestamptz)
     ON CONFLICT (user_id) DO UPDATE SET until = excluded.until`,
    userId,
    until.toISOString(),
  );
  return until;
}

/** Returns until when an account may enrol a first factor although the grace of a group is over. Null: it may not. */
export async function readEnrolmentEnd(sql: Sql, userId: string, at: Date): Promise<Date | null> {
  const [found] = await readRows(
    sql,
    z.object({ until: timeColumn }),
    `SELECT until FROM gatehouse_factors.enrolment_openings
     WHERE user_id = $1::uuid AND until > $2::timestamptz`,
    userId,
    at.toISOString(),
  );
  return found?.until ?? null;
}

/** Ends what `openEnrolment` began. */
export async function closeEnrolment(sql: Sql, userId: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    'DELETE FROM gatehouse_factors.enrolment_openings WHERE user_id = $1::uuid',
    userId,
  );
}
