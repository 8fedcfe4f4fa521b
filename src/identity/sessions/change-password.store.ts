import type { Origin } from '../../changes/origin.ts';
import { required } from '../../composition/required.ts';
import { ConflictError } from '../../errors.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { endSessionsOf, tellEnded } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import type { LoginAccount } from './login-account.ts';
import { type LiveSession, sessionFields } from './session.records.ts';

/** An account whose password its own user wants to change. */
export interface OwnAccount extends LoginAccount {
  readonly username: string;
  readonly usernameKey: string;
}

export interface PasswordChange<Credentials> {
  /** As it was when the current password was found right. */
  readonly account: LoginAccount;
  readonly newPasswordHash: string;
  /** The session that goes on. */
  readonly sessionId: string;
  /** Of its next refresh token. */
  readonly refreshTokenHash: Uint8Array<ArrayBuffer>;
  /** Makes what the session goes on with. When it cannot, nothing has been changed. */
  readonly issue: (session: LiveSession) => Credentials;
}

/** Reads and writes the viewer's own password. */
export function createPasswordChanges(dependencies: SessionStoreDependencies) {
  const { database, write, sessionIdleSeconds } = dependencies;
  return {
    findOwnAccount: (id: string): Promise<OwnAccount | null> =>
      database.user.findUnique({
        where: { id },
        select: { id: true, passwordHash: true, username: true, usernameKey: true },
      }),

    /**
     * Changes the password, ends every other session, and gives this one another refresh token. The
     * one before is removed: it is refused from then on.
     *
     * @throws {ConflictError} CHANGED_MEANWHILE, when the password is another one than it was; and what
     * `issue` throws.
     */
    changePassword: <Credentials>(
      change: PasswordChange<Credentials>,
      origin: Origin,
    ): Promise<Credentials> => {
      const { account, newPasswordHash, sessionId, refreshTokenHash } = change;
      const changing = { kind: 'USER', id: account.id } as const;
      return write({ origin, changing }, async (transaction, { at, record }) => {
        const moment = { at, sessionIdleSeconds };
        const { count } = await transaction.user.updateMany({
          where: { id: account.id, passwordHash: account.passwordHash },
          data: { passwordHash: newPasswordHash },
        });
        if (count === 0) throw passwordChanged();
        const others = { userId: account.id, except: sessionId };
        const ended = await endSessionsOf(transaction, others, moment);
        await transaction.refreshToken.deleteMany({ where: { sessionId, usedAt: null } });
        const session = await transaction.session.update({
          where: { id: sessionId },
          data: {
            lastUsedAt: at,
            refreshTokens: { create: { hash: refreshTokenHash, createdAt: at } },
          },
          select: sessionFields,
        });
        const event = { action: 'password.changed', subjectId: account.id };
        await record({ ...event, detail: tellEnded(ended) });
        return change.issue(await required(readLiveSession(transaction, session, moment)));
      });
    },
  };
}

const passwordChanged = () =>
  new ConflictError('CHANGED_MEANWHILE', 'The password was changed in the meantime. Try again.');
