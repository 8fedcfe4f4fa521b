import type { DatabaseTransaction } from '../../database/connect.ts';
import type { FactorTable } from '../../values/factor.ts';
import { type UserRecord, userColumns } from '../users/user.records.ts';
import { endOf, type LiveSession, type SessionRecord } from './session.records.ts';

export interface SessionReading {
  readonly sessionIdleSeconds: number;
  readonly factors: Pick<FactorTable, 'readTimes'>;
}

export interface SessionMoment extends SessionReading {
  readonly at: Date;
}

/** A user, and the groups that have not expired. */
export interface LiveUser extends UserRecord {
  readonly groups: readonly string[];
  /** When each was granted, in the same order: milliseconds since 1970. */
  readonly grantedAt: readonly number[];
}

/** The columns of a `LiveUser`, of `gatehouse.users AS member`, at the time of the placeholder `at`. */
export const liveUserColumns = (at: string): string => `${userColumns}, ARRAY(
        SELECT membership."group" FROM gatehouse.memberships AS membership
        WHERE membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > ${at}::timestamptz)
        ORDER BY membership."group", membership.source
      ) AS groups, ARRAY(
        SELECT (extract(epoch FROM membership.granted_at) * 1000)::float8
        FROM gatehouse.memberships AS membership
        WHERE membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > ${at}::timestamptz)
        ORDER BY membership."group", membership.source
      ) AS "grantedAt"`;

/** The columns of a session that its tokens depend on. */
export type SessionState = Pick<
  SessionRecord,
  'id' | 'lastUsedAt' | 'expiresAt' | 'proved' | 'proofCount'
>;

/** Returns the data for a session's tokens, from a row with the columns of a `LiveUser` and any others. */
export function toLiveSession(
  session: SessionState,
  { id, username, displayName, email, createdAt, disabledAt, groups, grantedAt }: LiveUser,
  { sessionIdleSeconds, factors }: SessionReading,
): LiveSession {
  return {
    id: session.id,
    expiresAt: endOf(session, sessionIdleSeconds),
    absoluteEndAt: session.expiresAt,
    user: { id, username, displayName, email, createdAt, disabledAt },
    grants: groups.map((group, index) => ({ group, grantedAt: new Date(grantedAt[index] ?? 0) })),
    authenticatedAt: factors.readTimes(session.proved),
    proofCount: session.proofCount,
  };
}

const userText = `SELECT ${liveUserColumns('$2')} FROM gatehouse.users AS member WHERE member.id = $1::uuid`;

/** Reads the data for a session's tokens. Returns null when its user was deleted, which ends the session too. */
export async function readLiveSession(
  transaction: DatabaseTransaction,
  session: SessionState & Pick<SessionRecord, 'userId'>,
  { at, ...reading }: SessionMoment,
): Promise<LiveSession | null> {
  const [user] = await transaction.$queryRawUnsafe<LiveUser[]>(userText, session.userId, at);
  return user === undefined ? null : toLiveSession(session, user, reading);
}
