import type { AccessTokens } from '../../authentication/access-token.ts';
import type { Passwords } from '../../authentication/password.ts';
import type { PasswordSettings } from '../../authentication/password-settings.ts';
import type { FactorTable } from '../../values/factor.ts';
import type { LoginAttemptStore } from '../../values/login-attempt-store.ts';
import type { FactorRules } from '../../values/proof.ts';
import type { HeldGroupsOf } from '../groups/held-groups.ts';
import type { Services } from '../services.ts';
import type { Stores } from '../stores.ts';
import { createChangePassword } from './change-password.ts';
import { createIssueCredentials } from './issue-credentials.ts';
import type { LoginLimits } from './login/attempt-counters.ts';
import { createLogins, type Logins } from './login/login.ts';
import { createLoginAttempts } from './login/login-attempts.ts';
import { type LoginObservation, observeLogin } from './login/observe-login.ts';
import { createOpenSession } from './login/open-session.ts';
import { createPasswordProofs } from './login/password-proofs.ts';
import type { PasswordHashStore } from './password-hash.store.ts';
import { createCheckNewProof, createPassWithProof } from './proofs/proofs.ts';
import { createProveInSession } from './proofs/prove-in-session.ts';
import { createReauthenticate } from './proofs/reauthenticate.ts';
import { rulesWith } from './proofs/rules.ts';
import { createRefresh } from './refresh.ts';
import { createRenewPasswordHash } from './renew-password-hash.ts';

export interface SessionServicesOptions extends LoginObservation {
  readonly stores: Pick<Stores, 'sessions' | 'audit'>;
  readonly heldGroups: HeldGroupsOf;
  readonly accessTokens: AccessTokens;
  readonly passwords: Passwords;
  readonly passwordHashes: PasswordHashStore;
  readonly counters: LoginAttemptStore;
  readonly loginLimits: LoginLimits;
  readonly passwordSettings: PasswordSettings;
  /** What packages ask for beside the password. */
  readonly factorRules: readonly FactorRules[];
  readonly factors: FactorTable;
  readonly sessionLifetimeSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly now: () => Date;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
  /** Resolves after this many milliseconds. */
  readonly delay: (delayMs: number) => Promise<void>;
  /** Called when something failed after an answer was decided, with what failed. */
  readonly onError: (error: unknown, failed: string) => void;
}

type SessionServices = Logins &
  Pick<
    Services,
    'refresh' | 'changePassword' | 'reauthenticate' | 'proveInSession' | 'checkNewProof'
  >;

export function createSessionServices(options: SessionServicesOptions): SessionServices {
  const { stores, heldGroups, onError, refreshGraceSeconds: graceSeconds } = options;
  const { sessions, audit } = stores;
  const shared = {
    ...options,
    sessions,
    audit,
    graceSeconds,
    issueCredentials: createIssueCredentials(options.accessTokens, heldGroups, options.now),
    attempts: createLoginAttempts({
      ...options,
      audit,
      limits: options.loginLimits,
      onForgiveError: (error) =>
        onError(error, 'a correct password is still counted as a failed login'),
    }),
    renewPasswordHash: createRenewPasswordHash({
      ...options,
      onRenewError: (error) => onError(error, 'renewing an outdated password hash failed'),
    }),
  };
  const passwordProofs = createPasswordProofs(shared);
  const rules = rulesWith(passwordProofs, options.factorRules, options.factors);
  const passWithProof = createPassWithProof({ ...shared, rules });
  const proveInSession = createProveInSession(passWithProof);
  const dependencies = { ...shared, passwordProofs, rules, passWithProof, proveInSession };
  const openSession = createOpenSession(dependencies);
  const logins = createLogins({ ...dependencies, openSession });
  return {
    login: observeLogin(logins.login, options),
    startSession: observeLogin(logins.startSession, options),
    completeLogin: observeLogin(logins.completeLogin, options),
    completeSession: observeLogin(logins.completeSession, options),
    proveInSession,
    checkNewProof: createCheckNewProof(rules),
    reauthenticate: createReauthenticate(dependencies),
    refresh: createRefresh(dependencies),
    changePassword: createChangePassword(dependencies),
  };
}
