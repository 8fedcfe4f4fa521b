import { noticedFrom, type Origin } from '../../changes/origin.ts';
import { ConflictError } from '../../errors.ts';
import { type AuthenticationTimes, passwordFactor, provedAt } from '../../values/factor.ts';
import type { FactorRules } from '../../values/proof.ts';
import { required } from '../../values/required.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { describeEnded, endSessionsOf } from './end-all-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import type { LoginAccount } from './login/login-account.ts';
import { continueSession } from './proofs/continue-session.store.ts';
import type { Renewal, RenewedSession } from './proofs/renewal.ts';

/** The account of a user who changes the own password. */
export interface OwnAccount extends LoginAccount {
  readonly username: string;
  readonly usernameKey: string;
}

export interface PasswordChange extends Renewal {
  /** The account when the current password was verified. */
  readonly account: LoginAccount;
  readonly newPasswordHash: string;
  /** The session that continues. */
  readonly sessionId: string;
  /** What it has proved. */
  readonly authenticatedAt: AuthenticationTimes;
  readonly due: FactorRules['due'];
}

/** Reads and writes the viewer's own password. */
export function createPasswordChanges(dependencies: SessionStoreDependencies) {
  const { database, write, notify, ...limits } = dependencies;
  return {
    findOwnAccount: (id: string): Promise<OwnAccount | null> =>
      database.user.findUnique({
        where: { id },
        select: {
          id: true,
          passwordHash: true,
          passwordVersion: true,
          username: true,
          usernameKey: true,
        },
      }),

    /**
     * Changes the password, ends all other sessions, and replaces the chain of refresh tokens or the cookie of this one.
     * The old ones are refused from now on. The password counts as proved if no other factor is due beside it and those
     * that the session has proved lately: otherwise this would be a door without the second factor.
     *
     * @throws {ConflictError} CHANGED_MEANWHILE, when the password was changed since `account` was read. @throws the
     *   error of `issue`.
     */
    changePassword: (change: PasswordChange, origin: Origin): Promise<RenewedSession> => {
      const { account, newPasswordHash, sessionId, secret, authenticatedAt, due } = change;
      const changing = { kind: 'USER', id: account.id } as const;
      return write({ origin, changing }, async (transaction, { at, record }) => {
        const moment = { ...limits, at };
        const { count } = await transaction.user.updateMany({
          where: { id: account.id, passwordVersion: account.passwordVersion },
          data: { passwordHash: newPasswordHash, passwordVersion: { increment: 1 } },
        });
        if (count === 0) throw passwordChanged();
        const others = { userId: account.id, except: sessionId };
        const ended = await endSessionsOf(transaction, others, moment);
        const { epoch } = ended;
        const { freshFactors, together } = limits.factors;
        const fresh = freshFactors(authenticatedAt, at);
        const left = await due(transaction, account.id, together([passwordFactor.name, ...fresh]));
        const proved = left.length === 0 ? provedAt([passwordFactor.name], at) : {};
        const next = { sessionId, epoch, secret, proved };
        const session = await continueSession(transaction, next, at);
        const event = { action: 'password.changed', subjectId: account.id };
        await record({ ...event, detail: describeEnded(ended) });
        const notice = { userId: account.id, ...noticedFrom(origin), action: event.action, at };
        await notify(transaction, { ...notice, setsPassword: true });
        return change.issue(await required(readLiveSession(transaction, session, moment)));
      });
    },
  };
}

const passwordChanged = () =>
  new ConflictError('CHANGED_MEANWHILE', 'The password was changed in the meantime. Try again.');
