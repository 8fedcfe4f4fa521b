import type { UserViewer } from '../../authentication/viewer.ts';
import { recordEvent } from '../audit/audit.store.ts';
import { type UserRecord, userFields } from '../user/user.records.ts';
import type { StoreDependencies } from '../user/user.store.ts';

/** What a login needs to check a password. */
export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
}

export interface NewSession {
  readonly account: LoginAccount;
  readonly refreshTokenHash: Uint8Array<ArrayBuffer>;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

/** A session that has just been opened. */
export interface OpenedSession {
  readonly id: string;
  readonly user: UserRecord;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Reads and writes sessions. */
export function createSessionStore({ database, now }: StoreDependencies) {
  return {
    findAccount: (usernameKey: string): Promise<LoginAccount | null> =>
      database.user.findUnique({
        where: { usernameKey },
        select: { id: true, passwordHash: true },
      }),

    /**
     * Opens a session, unless the user has been disabled or has got another password since the
     * account was read: then null. Checking a password takes long enough for that to happen.
     */
    open: ({ account, refreshTokenHash, ...session }: NewSession): Promise<OpenedSession | null> =>
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
        return transaction.session.create({
          data: {
            ...session,
            userId: account.id,
            createdAt: at,
            lastUsedAt: at,
            refreshTokens: { create: { hash: refreshTokenHash, createdAt: at } },
          },
          select: { id: true, user: { select: userFields } },
        });
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
