import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { SessionMoment } from './live-session.store.ts';
import { idleSince } from './session.records.ts';

/** How many sessions one login ends at most. There are more only after the limit was lowered, or introduced. */
const maxEndedAtOnce = 100;

/** The user who is about to get one more session, and how many the user may then have. */
export interface SessionLimit {
  readonly userId: string;
  readonly maxSessionsPerUser: number;
}

/**
 * Makes room for one more session: ends the live sessions of a user that were used least recently, and records
 * an event for each. In a transaction that has locked the user, so that no two logins count the same sessions.
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
