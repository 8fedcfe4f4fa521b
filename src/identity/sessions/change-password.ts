import type { Passwords } from '../../authentication/password.ts';
import type { PasswordSettings } from '../../authentication/password-settings.ts';
import { anonymous, type UserViewer } from '../../authentication/viewer.ts';
import { type Asking, hashQueueKeyOf, originOf } from '../../changes/origin.ts';
import { changedMeanwhile } from '../../changes/rights.ts';
import { UnauthenticatedError } from '../../errors.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import { parseNewPassword } from '../users/user.input.ts';
import type { LoginAttempts } from './login/login-attempts.ts';
import type { Rules } from './proofs/proofs.ts';
import { createRenewal, type RenewalDependencies, type RenewedSession } from './proofs/renewal.ts';
import type { SessionStore } from './session.store.ts';

export interface ChangePasswordDependencies extends RenewalDependencies {
  readonly sessions: Pick<SessionStore, 'findOwnAccount' | 'changePassword'>;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly attempts: LoginAttempts;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly passwordSettings: PasswordSettings;
  readonly rules: Pick<Rules, 'due'>;
}

interface PasswordChangeRequest extends Asking {
  readonly viewer: UserViewer;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Changes the viewer's own password, and gives this session its next credentials or cookie.
 *
 * @throws {BadUserInputError} when the new password breaks a rule.
 * @throws {UnauthenticatedError} BAD_CREDENTIALS, when the current password is wrong.
 * @throws {RateLimitedError} after too many failures, including those of `login`.
 * @throws {ConflictError} CHANGED_MEANWHILE.
 * @throws {UnauthenticatedError} TOKEN_EXPIRED, when the session expires within a second.
 * @throws {AuthorizationError} TOKEN_REVOKED, when the user was deleted meanwhile.
 */
export type ChangePassword = (request: PasswordChangeRequest) => Promise<RenewedSession>;

export function createChangePassword(dependencies: ChangePasswordDependencies): ChangePassword {
  const { sessions, audit, attempts, passwords } = dependencies;

  return async ({ viewer, currentPassword, newPassword, ...asking }) => {
    const account = await sessions.findOwnAccount(viewer.userId);
    if (account === null) {
      await asking.rights.recheck(anonymous('TOKEN_REVOKED'));
      throw changedMeanwhile();
    }
    const { username, usernameKey } = account;
    const origin = originOf(asking);
    const asked = { usernameKey, ip: asking.client.ip, password: currentPassword, account };
    const attempt = await attempts.verify(asked);
    if (!attempt.isRight) {
      const event = { action: 'password.change_refused', subjectId: account.id };
      await audit.record(origin, event);
      throw new UnauthenticatedError('BAD_CREDENTIALS', 'The current password is incorrect.');
    }
    await attempt.forgive();
    // Checked after the current password: estimating strength is slow, and wrong guesses must not pay for it.
    const rules = { ...dependencies.passwordSettings, username };
    const password = parseNewPassword(newPassword, rules);
    const change = {
      account,
      newPasswordHash: await passwords.hash(password, hashQueueKeyOf(origin)),
      sessionId: viewer.sessionId,
      authenticatedAt: viewer.authenticatedAt ?? {},
      due: dependencies.rules.due,
      ...createRenewal(viewer.sessionKind, dependencies),
    };
    return sessions.changePassword(change, origin);
  };
}
