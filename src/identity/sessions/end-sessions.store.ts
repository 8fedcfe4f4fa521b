import type { Origin } from '../../changes/origin.ts';
import { isUuid } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { NotFoundError } from '../../errors.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import type { SessionMoment } from './live-session.store.ts';
import { endOf } from './session.records.ts';

/**
 * Ends all sessions of a user except `except`, and returns how many were alive. Must be called in a transaction that
 * has locked the user: see `findLostRights`.
 */
export async function endSessionsOf(
  transaction: DatabaseTransaction,
  { userId, except }: { readonly userId: string; readonly except?: string },
  { at, sessionIdleSeconds }: SessionMoment,
): Promise<number> {
  const ended = await transaction.session.updateManyAndReturn({
    where: { userId, endedAt: null, ...(except === undefined ? {} : { NOT: { id: except } }) },
    data: { endedAt: at },
    select: { lastUsedAt: true, expiresAt: true },
  });
  return ended.filter((session) => endOf(session, sessionIdleSeconds) > at).length;
}

/** Describes the number of ended sessions, for the audit log. */
export const describeEnded = (count: number): string =>
  count === 1 ? '1 session ended' : `${count} sessions ended`;

/** How long ended sessions are kept. */
const keptDeadMs = 7 * 24 * 60 * 60 * 1000;

/** Ends sessions. Each call is one transaction. Once it resolves, requests with these sessions are refused. */
export function createSessionEnds(dependencies: SessionStoreDependencies) {
  const { database, now, write, sessionIdleSeconds } = dependencies;
  return {
    /** Ends one session. Returns false when it had already ended. @throws {NotFoundError} */
    async end(id: string, origin: Origin): Promise<boolean> {
      const where = { id };
      const session = isUuid(id)
        ? await database.session.findUnique({ where, select: { id: true, userId: true } })
        : null;
      const user = session && ({ kind: 'USER', id: session.userId } as const);
      const terms = { origin, ...(user ? { changing: user } : {}) };
      return write(terms, async (transaction, { at, record }) => {
        if (session === null) throw new NotFoundError('id', 'No session has this id.');
        const { count } = await transaction.session.updateMany({
          where: { id, endedAt: null },
          data: { endedAt: at },
        });
        if (count === 0) return false;
        const detail = `of user ${session.userId}`;
        await record({ action: 'session.ended', subjectId: session.id, detail });
        return true;
      });
    },

    /** Ends all sessions of a user, and returns how many were alive. */
    endAllOf: (userId: string, origin: Origin): Promise<number> =>
      write(
        { origin, changing: { kind: 'USER', id: userId } },
        async (transaction, { at, record }) => {
          const count = await endSessionsOf(transaction, { userId }, { at, sessionIdleSeconds });
          const event = { action: 'session.all_ended', subjectId: userId };
          await record({ ...event, detail: describeEnded(count) });
          return count;
        },
      ),

    /**
     * Removes sessions that ended more than a week ago, with their refresh tokens. Returns the number of removed
     * sessions, at most `limit`. Skips locked rows until the next time.
     */
    removeDead: (limit: number): Promise<number> => {
      const deadSince = new Date(now().getTime() - keptDeadMs);
      return database.$executeRaw`
        DELETE FROM gatehouse.sessions WHERE id IN (
          SELECT id FROM gatehouse.sessions WHERE ended_at < ${deadSince} OR expires_at < ${deadSince}
          LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)`;
    },
  };
}
