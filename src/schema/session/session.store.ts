import type { UserViewer } from '../../authentication/viewer.ts';
import { recordEvent } from '../audit/audit.store.ts';
import type { StoreDependencies } from '../user/user.store.ts';
import { isUuid } from '../uuid.ts';
import { createPasswordChanges } from './change-password.store.ts';
import { createSessionEnds } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import { createUseRefreshToken } from './refresh.store.ts';
import { endOf, type LiveSession, type SessionRecord, sessionFields } from './session.records.ts';

/** What the stores that deal with sessions work with. */
export interface SessionStoreDependencies extends StoreDependencies {
  /** A session that has not been refreshed for so long has ended. */
  readonly sessionIdleSeconds: number;
}

/** What a login needs to check a password. */
export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
}

export interface NewSession {
  readonly account: LoginAccount;
  readonly refreshTokenHash: Uint8Array<ArrayBuffer>;
  /** Its absolute end. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Reads and writes sessions. Every change is one transaction, and wholly there when it answers. */
export function createSessionStore(dependencies: SessionStoreDependencies) {
  const { database, now, sessionIdleSeconds } = dependencies;
  /** The moment since when a session that is alive has been used. */
  const idleSince = () => new Date(now().getTime() - sessionIdleSeconds * 1000);
  const withEnd = (session: SessionRecord): SessionRecord => ({
    ...session,
    expiresAt: endOf(session, sessionIdleSeconds),
  });

  return {
    ...createSessionEnds(dependencies),
    ...createPasswordChanges(dependencies),
    useRefreshToken: createUseRefreshToken(dependencies),

    findAccount: (usernameKey: string): Promise<LoginAccount | null> =>
      database.user.findUnique({
        where: { usernameKey },
        select: { id: true, passwordHash: true },
      }),

    /** Sessions, ended ones as well, until they are removed. */
    async findByIds(ids: readonly string[]): Promise<SessionRecord[]> {
      const where = { id: { in: ids.filter(isUuid) } };
      return (await database.session.findMany({ where, select: sessionFields })).map(withEnd);
    },

    /** The sessions of many users that are alive, newest first. */
    async findAliveOf(userIds: readonly string[]): Promise<SessionRecord[]> {
      const sessions = await database.session.findMany({
        where: {
          userId: { in: [...userIds] },
          endedAt: null,
          expiresAt: { gt: now() },
          lastUsedAt: { gt: idleSince() },
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        select: sessionFields,
      });
      return sessions.map(withEnd);
    },

    /**
     * Opens a session, unless the user has been disabled or has got another password since the
     * account was read: then null. Checking a password takes long enough for that to happen.
     */
    open: ({ account, refreshTokenHash, ...session }: NewSession): Promise<LiveSession | null> =>
      database.$transaction(async (transaction) => {
        const [unchanged] = await transaction.$queryRaw<{ id: string }[]>`
          SELECT id FROM users
          WHERE id = ${account.id}::uuid AND password_hash = ${account.passwordHash}
            AND disabled_at IS NULL
          FOR SHARE`;
        if (unchanged === undefined) return null;
        const at = now();
        const actor = { kind: 'USER', id: account.id } as const;
        const event = { at, action: 'login.succeeded', subjectId: account.id };
        await recordEvent(transaction, { actor, ip: session.ip }, event);
        const opened = await transaction.session.create({
          data: {
            ...session,
            userId: account.id,
            createdAt: at,
            lastUsedAt: at,
            refreshTokens: { create: { hash: refreshTokenHash, createdAt: at } },
          },
          select: sessionFields,
        });
        return readLiveSession(transaction, opened, { at, sessionIdleSeconds });
      }),

    /**
     * The viewers of sessions that are alive, in one statement: user, session and groups as they are
     * now. An ended session, a disabled user and an unknown id have none.
     */
    findViewers: async (sessionIds: readonly string[]): Promise<UserViewer[]> => {
      const rows = await database.$queryRaw<ViewerRow[]>`
        SELECT session.id AS "sessionId", session.user_id AS "userId",
          array_remove(array_agg(membership."group"::text), NULL) AS groups
        FROM sessions AS session
        JOIN users AS member ON member.id = session.user_id AND member.disabled_at IS NULL
        LEFT JOIN memberships AS membership ON membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > ${now()})
        WHERE session.id = ANY (${[...sessionIds]}::uuid[])
          AND session.ended_at IS NULL AND session.expires_at > ${now()}
          AND session.last_used_at > ${idleSince()}
        GROUP BY session.id`;
      return rows.map(({ sessionId, userId, groups }) => ({
        kind: 'user',
        isAuthenticated: true,
        sessionId,
        userId,
        groups: new Set(groups),
      }));
    },
  };
}

interface ViewerRow {
  readonly sessionId: string;
  readonly userId: string;
  readonly groups: readonly string[];
}
