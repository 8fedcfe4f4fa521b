import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { SessionMoment } from './live-session.store.ts';
import { idleSince } from './session.records.ts';

interface ReplacedSession {
  readonly id: string;
  readonly userId: string;
}

/**
 * Ends the live session of a cookie that a login replaces. The user of that session, who need not be the one who logs in,
 * is the actor of the event. Does nothing if there is no such session: it may have ended since the request began.
 *
 * Must be called in a transaction that has locked the user of that session.
 */
export async function endReplacedSession(
  transaction: DatabaseTransaction,
  { cookieHash, record }: { readonly cookieHash: Uint8Array } & Pick<Writing, 'record'>,
  { at, sessionIdleSeconds }: SessionMoment,
): Promise<void> {
  const ended = await transaction.$queryRaw<ReplacedSession[]>`
    UPDATE gatehouse.sessions AS session SET ended_at = ${at}
    FROM gatehouse.users AS member
    WHERE session.cookie_hash = ${cookieHash} AND session.ended_at IS NULL
      AND session.expires_at > ${at} AND session.last_used_at > ${idleSince(at, sessionIdleSeconds)}
      AND member.id = session.user_id AND member.session_epoch = session.epoch
    RETURNING session.id, session.user_id AS "userId"`;
  for (const { id, userId } of ended) {
    const event = { action: 'session.ended', subjectId: id, detail: `of user ${userId}` };
    await record({ at, ...event }, { kind: 'USER', id: userId });
  }
}
