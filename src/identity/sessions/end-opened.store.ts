import { z } from 'zod';
import { system } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

const listed =
  'ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text($1::text::jsonb) AS value))';

const endText = `
  UPDATE gatehouse.sessions AS session SET ended_at = $2::timestamptz
  FROM gatehouse.users AS member
  WHERE session.opened_with = ${listed} AND session.ended_at IS NULL
    AND member.id = session.user_id AND member.session_epoch = session.epoch
  RETURNING session.id::text AS id, session.user_id::text AS "userId"`;

const ended = z.array(z.object({ id: z.string(), userId: z.string() }));

/**
 * Ends the sessions that were opened with one of these ids, and the log-ins that would open one. A log-in that is completed at
 * the same time has either opened its session before, which is ended, or finds its challenge gone.
 *
 * @returns how many sessions it has ended.
 */
export async function endOpened(
  transaction: SqlTransaction,
  openedWith: readonly string[],
  { at, reason }: { readonly at: Date; readonly reason: string },
): Promise<number> {
  const ids = JSON.stringify(openedWith);
  // First: it waits for who completes such a log-in, whose session the next statement then sees.
  await transaction.$queryRawUnsafe(
    `DELETE FROM gatehouse.login_challenges WHERE opened_with = ${listed} RETURNING user_id::text`,
    ids,
  );
  const sessions = ended.parse(await transaction.$queryRawUnsafe(endText, ids, at));
  for (const { id, userId } of sessions) {
    const detail = `of user ${userId}; ${reason}`;
    await recordEvent(transaction, system, { at, action: 'session.ended', subjectId: id, detail });
  }
  return sessions.length;
}
