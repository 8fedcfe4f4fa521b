import type { Origin } from '../../changes/origin.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { NotFoundError } from '../../errors.ts';
import { isUuid } from '../../values/uuid.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { describeEnded, endSessionsOf } from './end-all-sessions.store.ts';

/** Ends sessions. Each call is one transaction. Once it resolves, requests with these sessions are refused. */
export function createSessionEnds(dependencies: SessionStoreDependencies) {
  const { database, write, ...limits } = dependencies;
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
        if (!(await endSession(transaction, session.id, at))) return false;
        const detail = `of user ${session.userId}`;
        await record({ action: 'session.ended', subjectId: session.id, detail });
        return true;
      });
    },

    /** Ends all sessions of a user, and returns how many were alive: see `maxReadSessions`. */
    endAllOf: (userId: string, origin: Origin): Promise<number> =>
      write(
        { origin, changing: { kind: 'USER', id: userId } },
        async (transaction, { at, record }) => {
          const ended = await endSessionsOf(transaction, { userId }, { ...limits, at });
          const event = { action: 'session.all_ended', subjectId: userId };
          await record({ ...event, detail: describeEnded(ended) });
          return ended.count;
        },
      ),
  };
}

/**
 * Ends one session. Returns false when it had already ended, also together with all sessions of its user. A change that is
 * made at the same time can move it to an epoch that this statement does not see.
 */
export async function endSession(
  transaction: DatabaseTransaction,
  id: string,
  at: Date,
): Promise<boolean> {
  const count = await transaction.$executeRaw`
    UPDATE gatehouse.sessions AS session SET ended_at = ${at}
    FROM gatehouse.users AS member
    WHERE session.id = ${id}::uuid AND session.ended_at IS NULL
      AND member.id = session.user_id AND member.session_epoch <= session.epoch`;
  return count === 1;
}
