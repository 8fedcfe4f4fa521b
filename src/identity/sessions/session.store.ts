import { isUuid, lastUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { createPasswordChanges } from './change-password.store.ts';
import { createSessionEnds } from './end-sessions.store.ts';
import type { LoginAccount } from './login/login-account.ts';
import { createOpenSession } from './login/open-session.store.ts';
import { createChallenges } from './proofs/challenge.store.ts';
import { createReauthenticate } from './proofs/reauthenticate.store.ts';
import { createUseRefreshToken } from './refresh.store.ts';
import { createSessionRemovals } from './remove-sessions.store.ts';
import { endOf, idleSince, type SessionRecord, sessionFields } from './session.records.ts';
import { createViewers } from './viewers.store.ts';

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Reads and writes sessions. Every change is one transaction, which is committed when the function resolves. */
export function createSessionStore(dependencies: SessionStoreDependencies) {
  const { database, now, sessionIdleSeconds, maxSessionsPerUser } = dependencies;
  const withEnd = (session: SessionRecord): SessionRecord => ({
    ...session,
    expiresAt: endOf(session, sessionIdleSeconds),
  });

  return {
    ...createSessionEnds(dependencies),
    ...createSessionRemovals(dependencies),
    ...createPasswordChanges(dependencies),
    ...createChallenges(dependencies),
    open: createOpenSession(dependencies),
    reauthenticate: createReauthenticate(dependencies),
    useRefreshToken: createUseRefreshToken(dependencies),
    ...createViewers(dependencies),

    findAccount: (usernameKey: string): Promise<LoginAccount | null> =>
      database.user.findUnique({
        where: { usernameKey },
        select: { id: true, passwordHash: true, passwordVersion: true },
      }),

    /** Returns sessions by id, also ended ones that were not removed yet. */
    async findByIds(ids: readonly string[]): Promise<SessionRecord[]> {
      const where = { id: { in: ids.filter(isUuid) } };
      return (await database.session.findMany({ where, select: sessionFields })).map(withEnd);
    },

    /**
     * Returns when each user last used a session that is stored, or null, in the order of the ids. Looks at the live
     * sessions and those that ended last, as many as may live at once: in the order of the index, so that no others are
     * read.
     */
    async lastUsesOf(userIds: readonly string[]): Promise<readonly (Date | null)[]> {
      const found = await database.$queryRaw<{ userId: string; lastUsedAt: Date | null }[]>`
        SELECT asked.id AS "userId", max(session.last_used_at) AS "lastUsedAt"
        FROM unnest(${[...new Set(userIds)]}::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (
          SELECT last_used_at FROM gatehouse.sessions WHERE user_id = asked.id
          ORDER BY ended_at DESC, epoch DESC, id DESC LIMIT ${maxSessionsPerUser}::int
        ) AS session
        GROUP BY asked.id`;
      const uses = new Map(found.map(({ userId, lastUsedAt }) => [userId, lastUsedAt]));
      return userIds.map((id) => uses.get(id) ?? null);
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
          session.user_agent AS "userAgent", session.ip,
          session.proved, session.proof_count AS "proofCount"
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
