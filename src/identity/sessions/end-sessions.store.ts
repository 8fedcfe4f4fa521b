import type { Origin } from '../../changes/origin.ts';
import { isUuid } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { NotFoundError } from '../../errors.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import type { SessionMoment } from './live-session.store.ts';
import { endOf } from './session.records.ts';

/**
 * Ends all sessions of a user, but for `except`, and tells how many of them were alive. In a transaction
 * that has locked the user: see `findLostRights`.
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

/** How many sessions were ended, for the audit log. */
export const tellEnded = (count: number): string =>
  count === 1 ? '1 session ended' : `${count} sessions ended`;

/** For so long after its end a session is kept. */
const keptDeadMs = 7 * 24 * 60 * 60 * 1000;

/** Ends sessions. Each is one transaction: when it answers, no request gets through with them. */
export function createSessionEnds(dependencies: SessionStoreDependencies) {
  const { database, now, write, sessionIdleSeconds } = dependencies;
  return {
    /** Ends one session; false when it had ended. @throws {NotFoundError} */
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

    /** Ends all sessions of a user, and tells how many were alive. */
    endAllOf: (userId: string, origin: Origin): Promise<number> =>
      write(
        { origin, changing: { kind: 'USER', id: userId } },
        async (transaction, { at, record }) => {
          const count = await endSessionsOf(transaction, { userId }, { at, sessionIdleSeconds });
          const event = { action: 'session.all_ended', subjectId: userId };
          await record({ ...event, detail: tellEnded(count) });
          return count;
        },
      ),

    /**
     * Removes sessions that have been dead for a week, with their refresh tokens, at most `limit`, and
     * tells how many. Whatever is locked is left for the next time.
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
