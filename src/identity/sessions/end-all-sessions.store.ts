import type { DatabaseTransaction } from '../../database/connect.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { idleSince } from './session.records.ts';

/**
 * How many sessions are counted beyond the limit of a user. There are more only after the limit was lowered, and
 * counting all of them takes a time without a bound.
 */
const countedBeyondLimit = 100;

/** The number of sessions of one user that a statement reads at most. */
export const maxReadSessions = ({ maxSessionsPerUser }: SessionLimits): number =>
  maxSessionsPerUser + countedBeyondLimit;

export type SessionLimits = Pick<
  SessionStoreDependencies,
  'maxSessionsPerUser' | 'sessionIdleSeconds'
>;

export interface EndedSessions {
  /** How many of them were alive. */
  readonly count: number;
  /** Whether not all were counted, so that `count` may be too low: see `maxReadSessions`. */
  readonly isPartial: boolean;
  /** The epoch of sessions that have not ended. */
  readonly epoch: number;
}

interface EndedRow {
  readonly epoch: number;
  readonly count: number;
  readonly read: number;
}

/**
 * Ends all sessions of a user by a new epoch, in one row however many they are. Counts those that were alive, without
 * `except`, which ends too unless the caller moves it to the new epoch.
 *
 * Must be called in a transaction that has locked the user for update: logins and refreshes lock it too, so that each
 * is done before the sessions end, or finds the new epoch.
 *
 * The sessions are read in the order of their index: otherwise PostgreSQL reads the whole table for a user with many of
 * all sessions, because it expects to find some soon.
 */
export async function endSessionsOf(
  transaction: DatabaseTransaction,
  { userId, except = null }: { readonly userId: string; readonly except?: string | null },
  { at, ...limits }: SessionLimits & { readonly at: Date },
): Promise<EndedSessions> {
  const limit = maxReadSessions(limits);
  const [ended] = await transaction.$queryRaw<EndedRow[]>`
    WITH member AS (
      UPDATE gatehouse.users SET session_epoch = session_epoch + 1 WHERE id = ${userId}::uuid
      RETURNING session_epoch
    ), unended AS (
      SELECT session.* FROM member CROSS JOIN LATERAL (
        SELECT id, expires_at, last_used_at FROM gatehouse.sessions
        WHERE user_id = ${userId}::uuid AND ended_at IS NULL AND epoch = member.session_epoch - 1
        ORDER BY ended_at, id LIMIT ${limit}::int
      ) AS session
    )
    SELECT member.session_epoch AS epoch,
      (SELECT count(*)::int FROM unended) AS "read",
      (SELECT count(*)::int FROM unended WHERE id IS DISTINCT FROM ${except}::uuid
        AND expires_at > ${at} AND last_used_at > ${idleSince(at, limits.sessionIdleSeconds)}
      ) AS count
    FROM member`;
  if (ended === undefined) return { count: 0, isPartial: false, epoch: 0 };
  return { count: ended.count, isPartial: ended.read === limit, epoch: ended.epoch };
}

/** Describes the number of ended sessions, for the audit log. */
export function describeEnded({ count, isPartial }: EndedSessions): string {
  if (isPartial) return `${count} or more sessions ended`;
  return count === 1 ? '1 session ended' : `${count} sessions ended`;
}
