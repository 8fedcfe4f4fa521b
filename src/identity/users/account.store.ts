import { confirmViewer } from '../../changes/confirm-viewer.ts';
import type { Origin } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import { endSessionsOf, tellEnded } from '../sessions/end-sessions.store.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { leaveAnAdmin, lockAdmins } from './last-admin.store.ts';
import type { UserRecord } from './user.records.ts';
import { changeUser, requireUser } from './user-row.store.ts';

/**
 * Writes whether and how users may log in. Each change is one transaction: when it answers, no request
 * gets through with a session that it ended.
 */
export function createAccountChanges(dependencies: SessionStoreDependencies) {
  const { database, now, sessionIdleSeconds } = dependencies;
  return {
    /** Ends the user's sessions as well. @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN. */
    disable: (id: string, origin: Origin): Promise<UserRecord> =>
      database.$transaction(async (transaction) => {
        await lockAdmins(transaction);
        const at = now();
        await confirmViewer(transaction, origin, { at, changing: { kind: 'USER', id } });
        const before = await requireUser(transaction, id, 'id');
        if (before.disabledAt !== null) return before;
        const user = await leaveAnAdmin(transaction, before.id, () =>
          changeUser(transaction, id, { disabledAt: at }),
        );
        await endSessionsOf(transaction, { userId: user.id }, { at, sessionIdleSeconds });
        const event = { at, action: 'user.disabled', subjectId: user.id };
        await recordEvent(transaction, origin, event);
        return user;
      }),

    /** Ended sessions stay ended. @throws {NotFoundError} */
    enable: (id: string, origin: Origin): Promise<UserRecord> =>
      database.$transaction(async (transaction) => {
        const at = now();
        await confirmViewer(transaction, origin, { at, changing: { kind: 'USER', id } });
        const before = await requireUser(transaction, id, 'id');
        if (before.disabledAt === null) return before;
        const event = { at, action: 'user.enabled', subjectId: before.id };
        await recordEvent(transaction, origin, event);
        return changeUser(transaction, id, { disabledAt: null });
      }),

    /**
     * Removes the user with all that is the user's alone: memberships, sessions, room entries. What the
     * audit log tells of the user stays. Gives the id.
     *
     * @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN.
     */
    delete: (id: string, origin: Origin): Promise<string> =>
      database.$transaction(async (transaction) => {
        await lockAdmins(transaction);
        const at = now();
        await confirmViewer(transaction, origin, { at, changing: { kind: 'USER', id } });
        const user = await requireUser(transaction, id, 'id');
        await leaveAnAdmin(transaction, user.id, () =>
          transaction.user.delete({ where: { id: user.id }, select: { id: true } }),
        );
        const event = { at, action: 'user.deleted', subjectId: user.id, detail: user.username };
        await recordEvent(transaction, origin, event);
        return user.id;
      }),

    /** Gives the user another password, and ends the user's sessions. @throws {NotFoundError} */
    resetPassword: (id: string, passwordHash: string, origin: Origin): Promise<UserRecord> =>
      database.$transaction(async (transaction) => {
        const at = now();
        await confirmViewer(transaction, origin, { at, changing: { kind: 'USER', id } });
        const user = await changeUser(transaction, id, { passwordHash });
        const moment = { at, sessionIdleSeconds };
        const count = await endSessionsOf(transaction, { userId: user.id }, moment);
        const event = { at, action: 'password.reset', subjectId: user.id };
        await recordEvent(transaction, origin, { ...event, detail: tellEnded(count) });
        return user;
      }),
  };
}
