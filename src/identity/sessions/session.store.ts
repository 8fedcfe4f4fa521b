import type { Origin } from '../../changes/origin.ts';
import { isUuid, lastUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { createPasswordChanges } from './change-password.store.ts';
import { createSessionEnds } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import type { LoginAccount } from './login/login-account.ts';
import { createUseRefreshToken } from './refresh.store.ts';
import { createSessionRemovals } from './remove-sessions.store.ts';
import {
  endOf,
  idleSince,
  type LiveSession,
  type SessionRecord,
  type SessionSecret,
  secretData,
  sessionFields,
} from './session.records.ts';
import { makeRoomForSession } from './session-limit.store.ts';
import { createViewers } from './viewers.store.ts';

export interface NewSession {
  readonly account: LoginAccount;
  readonly secret: SessionSecret;
  /** The end of its maximum lifetime. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Reads and writes sessions. Every change is one transaction, which is committed when the function resolves. */
export function createSessionStore(dependencies: SessionStoreDependencies) {
  const { database, now, sessionIdleSeconds } = dependencies;
  const withEnd = (session: SessionRecord): SessionRecord => ({
    ...session,
    expiresAt: endOf(session, sessionIdleSeconds),
  });

  return {
    ...createSessionEnds(dependencies),
    ...createSessionRemovals(dependencies),
    ...createPasswordChanges(dependencies),
    open: createOpenSession(dependencies),
    useRefreshToken: createUseRefreshToken(dependencies),
    ...createViewers(dependencies),

    findAccount: (usernameKey: string): Promise<LoginAccount | null> =>
      database.user.findUnique({
        where: { usernameKey },
        select: { id: true, passwordHash: true },
      }),

    /** Returns sessions by id, also ended ones that were not removed yet. */
    async findByIds(ids: readonly string[]): Promise<SessionRecord[]> {
      const where = { id: { in: ids.filter(isUuid) } };
      return (await database.session.findMany({ where, select: sessionFields })).map(withEnd);
    },

    /**
     * Returns the same page of the live sessions of many users, newest first, in one statement. `ended_at` is in the
     * order because it is in the index, so no more rows are read than the page holds, and those whose time is up.
     */
    async pageOf(
      userIds: readonly string[],
      { limit, afterId = lastUuid }: IdPage,
    ): Promise<SessionRecord[]> {
      const sessions = await database.$queryRaw<SessionRecord[]>`
        SELECT session.id, session.user_id AS "userId", session.created_at AS "createdAt",
          session.last_used_at AS "lastUsedAt", session.expires_at AS "expiresAt",
          session.user_agent AS "userAgent", session.ip
        FROM gatehouse.users AS member
        CROSS JOIN LATERAL (
          SELECT * FROM gatehouse.sessions
          WHERE user_id = member.id AND ended_at IS NULL AND epoch = member.session_epoch
            AND id < ${afterId}::uuid
            AND expires_at > ${now()} AND last_used_at > ${idleSince(now(), sessionIdleSeconds)}
          ORDER BY ended_at DESC, id DESC
          LIMIT ${limit}
        ) AS session
        WHERE member.id = ANY (${[...userIds]}::uuid[])
        ORDER BY session.id DESC`;
      return sessions.map(withEnd);
    },
  };
}

/**
 * Creates the function that opens a session. It returns null when the user was disabled or got another password since the account was read,
 * which can happen while the password is verified. Logins of one user run one after another, so that together
 * they cannot exceed the session limit.
 */
function createOpenSession(dependencies: SessionStoreDependencies) {
  const { now, write, sessionIdleSeconds, maxSessionsPerUser } = dependencies;
  return ({ account, secret, ...session }: NewSession): Promise<LiveSession | null> => {
    const userId = account.id;
    const origin: Origin = { actor: { kind: 'USER', id: userId }, ip: session.ip };
    return write({ origin }, async (transaction, { record }) => {
      const [unchanged] = await transaction.$queryRaw<{ epoch: number }[]>`
      SELECT session_epoch AS epoch FROM gatehouse.users
      WHERE id = ${account.id}::uuid AND password_hash = ${account.passwordHash}
        AND disabled_at IS NULL
      FOR NO KEY UPDATE`;
      if (unchanged === undefined) return null;
      const at = now();
      const moment = { at, sessionIdleSeconds };
      const { epoch } = unchanged;
      await makeRoomForSession(transaction, { userId, epoch, maxSessionsPerUser, record }, moment);
      await record({ at, action: 'login.succeeded', subjectId: userId });
      const opened = await transaction.session.create({
        data: {
          ...session,
          userId,
          epoch,
          createdAt: at,
          lastUsedAt: at,
          ...secretData(secret),
        },
        select: sessionFields,
      });
      return readLiveSession(transaction, opened, moment);
    });
  };
}
