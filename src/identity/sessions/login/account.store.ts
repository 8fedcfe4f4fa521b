import { noticedFrom, type Origin } from '../../../changes/origin.ts';
import type { SessionStoreDependencies } from '../../store-dependencies.ts';
import { leaveAnAdmin, lockAdmins } from '../../users/last-admin.store.ts';
import { leaveAHolder } from '../../users/last-holder.store.ts';
import { requireMayTakeOver, type TakeOver } from '../../users/take-over.ts';
import type { UserRecord } from '../../users/user.records.ts';
import { updateUser } from '../../users/user.store.ts';
import { changeUser, requireUser, type UserChanges } from '../../users/user-row.store.ts';
import { describeEnded, endSessionsOf } from '../end-all-sessions.store.ts';
import type { Proved, ProvingSession } from '../proofs/prove.store.ts';
import { proveChange } from '../proofs/prove-change.store.ts';

/** A change of the own account that needs a proof. */
export interface OwnUpdate {
  readonly id: string;
  readonly changes: UserChanges;
  readonly proving: ProvingSession;
}

/**
 * Changes whether and how users may log in. Each change is one transaction. Once it resolves, requests with a session
 * that it ended are refused.
 */
export function createAccountChanges(dependencies: SessionStoreDependencies) {
  const { write, notify, requireGrantable, placeGrants, ...limits } = dependencies;
  const changing = (id: string) => ({ kind: 'USER', id }) as const;
  const takeOver = (id: string, { origin, at }: Pick<TakeOver, 'origin' | 'at'>): TakeOver => ({
    origin,
    at,
    account: changing(id),
    requireGrantable,
  });
  return {
    /**
     * Disables a user, and ends the user's sessions. @throws {NotFoundError}
     * @throws {ConflictError} LAST_ADMIN, LAST_HOLDER.
     */
    disable: (id: string, origin: Origin): Promise<UserRecord> =>
      write(
        { origin, changing: changing(id), lock: lockAdmins },
        async (transaction, { at, record }) => {
          const before = await requireUser(transaction, id, 'id');
          if (before.disabledAt !== null) return before;
          const leaving = { userId: before.id, kept: placeGrants().keptGroups };
          const user = await leaveAnAdmin(transaction, before.id, () =>
            leaveAHolder(transaction, leaving, () =>
              changeUser(transaction, id, { disabledAt: at }),
            ),
          );
          await endSessionsOf(transaction, { userId: user.id }, { ...limits, at });
          await record({ action: 'user.disabled', subjectId: user.id });
          return user;
        },
      ),

    /**
     * Enables a user. Ended sessions stay ended. @throws {NotFoundError}
     * @throws {AuthorizationError} when the viewer could not grant the groups of the user.
     */
    enable: (id: string, origin: Origin): Promise<UserRecord> =>
      write({ origin, changing: changing(id) }, async (transaction, { at, record }) => {
        const before = await requireUser(transaction, id, 'id');
        if (before.disabledAt === null) return before;
        await requireMayTakeOver(transaction, takeOver(id, { origin, at }));
        const user = await changeUser(transaction, id, { disabledAt: null, enabledAt: at });
        const action = 'user.enabled';
        await record({ action, subjectId: user.id });
        await notify(transaction, { userId: user.id, ...noticedFrom(origin), action, at });
        return user;
      }),

    /**
     * Changes the own account with a proof, which is spent in the same transaction.
     *
     * @throws {NotFoundError} @throws {BadUserInputError} when the username is taken.
     */
    proveAndUpdate(
      { id, changes, proving }: OwnUpdate,
      origin: Origin,
    ): Promise<Proved<UserRecord>> {
      return write({ origin, changing: changing(id) }, (transaction, writing) =>
        proveChange(transaction, { ...writing, proving, origin, notify }, () =>
          updateUser(transaction, { ...writing, id, changes, origin, notify, requireGrantable }),
        ),
      );
    },

    /**
     * Gives the user another password, and ends the user's sessions. @throws {NotFoundError}
     * @throws {AuthorizationError} as `enable` does.
     */
    resetPassword: (id: string, passwordHash: string, origin: Origin): Promise<UserRecord> =>
      write({ origin, changing: changing(id) }, async (transaction, { at, record }) => {
        await requireMayTakeOver(transaction, takeOver(id, { origin, at }));
        const changes = { passwordHash, passwordVersion: { increment: 1 } };
        const user = await changeUser(transaction, id, changes, 'userId');
        const ended = await endSessionsOf(transaction, { userId: user.id }, { ...limits, at });
        const event = { action: 'password.reset', subjectId: user.id };
        await record({ ...event, detail: describeEnded(ended) });
        const notice = { userId: user.id, ...noticedFrom(origin), action: event.action, at };
        await notify(transaction, { ...notice, setsPassword: true });
        return user;
      }),
  };
}
