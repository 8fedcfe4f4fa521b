import { z } from 'zod';
import { system } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

const listed =
  'ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text($1::text::jsonb) AS value))';

/** Log-ins, and changes of an account, lock it too: those that run now are done first, and others find what is ended. */
const lockText = `
  SELECT id::text FROM gatehouse.users WHERE id IN (
    SELECT user_id FROM gatehouse.sessions WHERE opened_with = ${listed} AND ended_at IS NULL
    UNION SELECT user_id FROM gatehouse.login_challenges WHERE opened_with = ${listed}
  ) ORDER BY id FOR NO KEY UPDATE`;

const cancelText = `DELETE FROM gatehouse.login_challenges WHERE opened_with = ${listed} RETURNING user_id::text`;

const endText = `
  UPDATE gatehouse.sessions AS session SET ended_at = $2::timestamptz
  FROM gatehouse.users AS member
  WHERE session.opened_with = ${listed} AND session.ended_at IS NULL
    AND member.id = session.user_id AND member.session_epoch = session.epoch
  RETURNING session.id::text AS id, session.user_id::text AS "userId"`;

const ended = z.array(z.object({ id: z.string(), userId: z.string() }));

/**
 * Ends the sessions that were opened with one of these ids, and the log-ins that would open one.
 *
 * @returns how many sessions it has ended.
 */
export async function endOpened(
  transaction: SqlTransaction,
  openedWith: readonly string[],
  { at, reason }: { readonly at: Date; readonly reason: string },
): Promise<number> {
  const ids = JSON.stringify(openedWith);
  await transaction.$queryRawUnsafe(lockText, ids);
  await transaction.$queryRawUnsafe(cancelText, ids);
  const sessions = ended.parse(await transaction.$queryRawUnsafe(endText, ids, at));
  for (const { id, userId } of sessions) {
    const detail = `of user ${userId}; ${reason}`;
    await recordEvent(transaction, system, {
      at,
      action: 'session.ended',
      subjectId: id,
      detail,
    });
  }
  return sessions.length;
}
