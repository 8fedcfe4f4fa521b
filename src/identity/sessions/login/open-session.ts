import type { Passwords } from '../../../authentication/password.ts';
import { checkUsername, toUsernameKey } from '../../../authentication/username.ts';
import { UnauthenticatedError } from '../../../errors.ts';
import type { RequestSource } from '../../../values/request-source.ts';
import type { AuditStore } from '../../audit/audit.store.ts';
import type { RenewPasswordHash } from '../renew-password-hash.ts';
import type { LiveSession, SessionSecret } from '../session.records.ts';
import type { SessionStore } from '../session.store.ts';
import { type Counted, queueKeyOf } from './attempt-counters.ts';
import type { LoginAccount } from './login-account.ts';
import type { LoginAttempts } from './login-attempts.ts';

export interface OpenSessionDependencies {
  readonly sessions: SessionStore;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly attempts: LoginAttempts;
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly renewPasswordHash: RenewPasswordHash;
  readonly sessionLifetimeSeconds: number;
  readonly now: () => Date;
}

export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  readonly client: RequestSource;
}

/**
 * Checks credentials and opens a session.
 *
 * @throws {UnauthenticatedError} BAD_CREDENTIALS, for every kind of wrong credentials.
 * @throws {RateLimitedError} after too many failures, even with right credentials.
 */
export type OpenSession = (attempt: LoginAttempt, secret: SessionSecret) => Promise<LiveSession>;

/**
 * Creates the function that checks credentials and opens a session, which `secret` continues.
 *
 * An unknown user takes the same work as a wrong password and gets the same answer, so that usernames cannot be found
 * by trying.
 */
export function createOpenSession(dependencies: OpenSessionDependencies): OpenSession {
  const { sessions, audit, attempts, sessionLifetimeSeconds, now } = dependencies;
  const readAgain = createReadAgain(dependencies);

  return async ({ username, password, client }, secret) => {
    // Invalid usernames, for example with a NUL character, are not sent to the database.
    const isPossible = checkUsername(username) === undefined;
    const usernameKey = toUsernameKey(username);
    const account = isPossible ? await sessions.findAccount(usernameKey) : null;
    const { ip, userAgent = null } = client;
    const attempt = await attempts.verify({ usernameKey, ip, password, account });
    const refuse = async (): Promise<never> => {
      const event = { action: 'login.failed', subjectId: account?.id ?? null };
      await audit.record({ actor: null, ip: ip ?? null }, event);
      throw badCredentials();
    };
    if (account === null || !attempt.isRight) return refuse();

    const expiresAt = new Date(now().getTime() + sessionLifetimeSeconds * 1000);
    const opening = { secret, expiresAt, ip: ip ?? null, userAgent };
    const open = async () =>
      (await sessions.open({ account, ...opening })) ??
      readAgain({ usernameKey, password, account, ip }, (changed) =>
        sessions.open({ account: changed, ...opening }),
      );
    const session = await open().catch((error: unknown) => {
      attempt.forgiveLater();
      throw error;
    });
    if (session === null) return refuse();
    await attempt.forgive();
    await dependencies.renewPasswordHash(account, password);
    return session;
  };
}

interface CheckedAccount extends Counted {
  readonly password: string;
  /** The account when its password was verified. */
  readonly account: LoginAccount;
}

/**
 * Calls `goOn` with the account if its hash has changed since it was read and the password still matches: another
 * login has replaced the hash. Otherwise returns null.
 */
function createReadAgain({
  sessions,
  passwords,
}: Pick<OpenSessionDependencies, 'sessions' | 'passwords'>) {
  return async <Result>(
    { password, account, ...counted }: CheckedAccount,
    goOn: (changed: LoginAccount) => Promise<Result | null>,
  ): Promise<Result | null> => {
    const { usernameKey } = counted;
    const changed = await sessions.findAccount(usernameKey);
    if (changed === null || changed.passwordHash === account.passwordHash) return null;
    const check = { usernameKey, password, hash: changed.passwordHash };
    const isRight = await passwords.verify(check, queueKeyOf(counted));
    return isRight ? goOn(changed) : null;
  };
}

const badCredentials = () =>
  new UnauthenticatedError('BAD_CREDENTIALS', 'Incorrect username or password.');
