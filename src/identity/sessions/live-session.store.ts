import type { DatabaseTransaction } from '../../database/connect.ts';
import { userFields } from '../users/user.records.ts';
import { endOf, type LiveSession, type SessionRecord } from './session.records.ts';

/** The time of a read, and how long a session may be idle. */
export interface SessionMoment {
  readonly at: Date;
  readonly sessionIdleSeconds: number;
}

/** Reads the data for a session's tokens. Returns null when its user was deleted, which ends the session too. */
export async function readLiveSession(
  database: Pick<DatabaseTransaction, 'user' | 'membership'>,
  session: Pick<SessionRecord, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>,
  { at, sessionIdleSeconds }: SessionMoment,
): Promise<LiveSession | null> {
  const { id, userId } = session;
  const user = await database.user.findUnique({ where: { id: userId }, select: userFields });
  if (user === null) return null;
  const memberships = await database.membership.findMany({
    where: { userId, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
    select: { group: true },
  });
  const groups = memberships.map(({ group }) => group);
  const expiresAt = endOf(session, sessionIdleSeconds);
  return { id, expiresAt, absoluteEndAt: session.expiresAt, user, groups };
}
