import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { maxReadSessions } from './end-all-sessions.store.ts';
import type { SessionMoment } from './live-session.store.ts';
import { idleSince } from './session.records.ts';

/**
 * The maximum number of sessions that one login ends. There are more only after the limit was lowered or introduced.
 */
const maxEndedAtOnce = 100;

/** The user who opens a session, and the user's maximum number of sessions. */
export interface SessionLimit {
  readonly userId: string;
  /** The user's epoch of sessions that have not ended. */
  readonly epoch: number;
  readonly maxSessionsPerUser: number;
}

/**
 * Makes room for one more session: ends the least recently used sessions of a user, and records an event for each.
 * Those whose time is up are counted too, end first, and have no event: no user has more sessions to read than the
 * limit, unless that was lowered. Then each login ends some, of the oldest ones.
 *
 * Must be called in a transaction that has locked the user, so that concurrent logins do not count the same sessions.
 */
export async function makeRoomForSession(
  transaction: DatabaseTransaction,
  { userId, epoch, maxSessionsPerUser, record }: SessionLimit & Pick<Writing, 'record'>,
  { at, sessionIdleSeconds }: Pick<SessionMoment, 'at' | 'sessionIdleSeconds'>,
): Promise<void> {
  const limit = maxReadSessions({ maxSessionsPerUser, sessionIdleSeconds });
  const ended = await transaction.$queryRaw<{ readonly id: string; readonly wasLive: boolean }[]>`
    WITH unended AS MATERIALIZED (
      SELECT id, last_used_at, expires_at > ${at}
        AND last_used_at > ${idleSince(at, sessionIdleSeconds)} AS is_live
      FROM gatehouse.sessions
      WHERE user_id = ${userId}::uuid AND ended_at IS NULL AND epoch = ${epoch}
      ORDER BY ended_at, epoch, id LIMIT ${limit}::int
    ), surplus AS (
      SELECT id, is_live FROM unended ORDER BY is_live, last_used_at, id
      LIMIT LEAST(
        GREATEST((SELECT count(*) FROM unended) - ${maxSessionsPerUser - 1}::int, 0),
        ${maxEndedAtOnce}::int
      )
    )
    UPDATE gatehouse.sessions AS session SET ended_at = ${at} FROM surplus
    WHERE session.id = surplus.id AND session.ended_at IS NULL
    RETURNING session.id, surplus.is_live AS "wasLive"`;
  const detail = `of user ${userId}; more than ${maxSessionsPerUser} sessions`;
  for (const { id } of ended.filter(({ wasLive }) => wasLive)) {
    await record({ at, action: 'session.ended', subjectId: id, detail });
  }
}
