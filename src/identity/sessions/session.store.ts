import { recordEvent } from '../../changes/record-event.ts';
import { isUuid } from '../../composition/uuid.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { createPasswordChanges } from './change-password.store.ts';
import { createSessionEnds } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import type { LoginAccount } from './login-account.ts';
import { createUseRefreshToken } from './refresh.store.ts';
import { endOf, type LiveSession, type SessionRecord, sessionFields } from './session.records.ts';
import { createViewers } from './viewers.store.ts';

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
    ...createViewers(dependencies),

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
          SELECT id FROM gatehouse.users
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
  };
}
