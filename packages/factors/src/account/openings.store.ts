import { findRow, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

/** How long an account may enrol a first factor after the grace of a group. */
export const openMs = 24 * 60 * 60_000;

/** Lets an account enrol a first factor for 24 hours, and returns the end. */
export async function openEnrolment(sql: Sql, userId: string, at: Date): Promise<Date> {
  const until = new Date(at.getTime() + openMs);
  await runSql(sql)`
    INSERT INTO gatehouse_factors.enrolment_openings (user_id, until)
    VALUES (${userId}::uuid, ${until}::timestamptz)
    ON CONFLICT (user_id) DO UPDATE SET until = excluded.until`;
  return until;
}

/** Returns until when an account may enrol a first factor although the grace of a group is over. Null: it may not. */
export async function readEnrolmentEnd(sql: Sql, userId: string, at: Date): Promise<Date | null> {
  const found = await findRow(sql, z.object({ until: timeColumn }))`
    SELECT until FROM gatehouse_factors.enrolment_openings
    WHERE user_id = ${userId}::uuid AND until > ${at}::timestamptz`;
  return found?.until ?? null;
}

/** Ends what `openEnrolment` began. */
export const closeEnrolment = (sql: Sql, userId: string): Promise<void> =>
  runSql(sql)`DELETE FROM gatehouse_factors.enrolment_openings WHERE user_id = ${userId}::uuid`;
