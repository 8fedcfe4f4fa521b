import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { SessionMoment } from './live-session.store.ts';
import { idleSince } from './session.records.ts';

/**
 * The maximum number of sessions that one login ends. There are more only after the limit was lowered or introduced.
 */
const maxEndedAtOnce = 100;

/** The user who opens a session, and the user's maximum number of sessions. */
export interface SessionLimit {
  readonly userId: string;
  readonly maxSessionsPerUser: number;
}

/**
 * Makes room for one more session: ends the least recently used sessions of a user, and records an event for each.
 * Must be called in a transaction that has locked the user, so that concurrent logins do not count the same sessions.
 */
export async function makeRoomForSession(
  transaction: DatabaseTransaction,
  { userId, maxSessionsPerUser, record }: SessionLimit & Pick<Writing, 'record'>,
  { at, sessionIdleSeconds }: SessionMoment,
): Promise<void> {
  const ended = await transaction.$queryRaw<{ readonly id: string }[]>`
    WITH live AS MATERIALIZED (
      SELECT id, last_used_at FROM gatehouse.sessions
      WHERE user_id = ${userId}::uuid AND ended_at IS NULL
        AND expires_at > ${at} AND last_used_at > ${idleSince(at, sessionIdleSeconds)}
    )
    UPDATE gatehouse.sessions SET ended_at = ${at}
    WHERE ended_at IS NULL AND id IN (
      SELECT id FROM live ORDER BY last_used_at, id
      LIMIT LEAST(
        GREATEST((SELECT count(*) FROM live) - ${maxSessionsPerUser - 1}::int, 0),
        ${maxEndedAtOnce}::int
      )
    )
    RETURNING id`;
  const detail = `of user ${userId}; more than ${maxSessionsPerUser} sessions`;
  for (const { id } of ended) {
    await record({ at, action: 'session.ended', subjectId: id, detail });
  }
}
