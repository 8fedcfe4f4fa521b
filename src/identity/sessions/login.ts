import { toSiteKey } from '../../authentication/address-key.ts';
import type { Passwords } from '../../authentication/password.ts';
import { createRefreshToken } from '../../authentication/refresh-token.ts';
import { checkUsername, toUsernameKey } from '../../authentication/username.ts';
import type { RequestSource } from '../../composition/request-source.ts';
import { UnauthenticatedError } from '../../errors.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { IssueCredentials, IssuedCredentials } from './issue-credentials.ts';
import type { LoginAccount } from './login-account.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { RenewPasswordHash } from './renew-password-hash.ts';
import type { SessionStore } from './session.store.ts';

export interface LoginDependencies {
  readonly sessions: SessionStore;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly attempts: LoginAttempts;
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly renewPasswordHash: RenewPasswordHash;
  readonly issueCredentials: IssueCredentials;
  readonly sessionLifetimeSeconds: number;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
}

export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  readonly client: RequestSource;
}

/**
 * @throws {UnauthenticatedError} BAD_CREDENTIALS, whatever was wrong.
 * @throws {RateLimitedError} after too many failures, whatever is right.
 */
export type Login = (attempt: LoginAttempt) => Promise<IssuedCredentials>;

/**
 * Makes the function that checks credentials and opens a session.
 *
 * An unknown user costs the same work as a wrong password and gets the same answer, so that no one
 * learns here which usernames exist.
 */
export function createLogin(dependencies: LoginDependencies): Login {
  const { sessions, audit, attempts, issueCredentials, sessionLifetimeSeconds, now } = dependencies;
  const readAgain = createReadAgain(dependencies);

  return async ({ username, password, client }) => {
    // A name that no user can have, such as one with a NUL in it, is not for the database to read.
    const isPossible = checkUsername(username) === undefined;
    const usernameKey = toUsernameKey(username);
    const account = isPossible ? await sessions.findAccount(usernameKey) : null;
    const attempt = await attempts.verify({ usernameKey, ip: client.ip, password, account });
    const refuse = async (): Promise<never> => {
      const event = { action: 'login.failed', subjectId: account?.id ?? null };
      await audit.record({ actor: null, ip: client.ip }, event);
      throw badCredentials();
    };
    if (account === null || !attempt.isRight) return refuse();

    const refreshToken = createRefreshToken(dependencies.randomBytes);
    const expiresAt = new Date(now().getTime() + sessionLifetimeSeconds * 1000);
    const { ip, userAgent = null } = client;
    const opening = { refreshTokenHash: refreshToken.hash, expiresAt, ip, userAgent };
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

    return issueCredentials(session, refreshToken);
  };
}

interface CheckedAccount {
  readonly usernameKey: string;
  readonly password: string;
  readonly ip: string;
  /** As it was when the password was found right. */
  readonly account: LoginAccount;
}

/**
 * Goes on with an account whose hash has changed since it was read, if the password is right all the
 * same: another login has hashed it again. Otherwise null.
 */
function createReadAgain({
  sessions,
  passwords,
}: Pick<LoginDependencies, 'sessions' | 'passwords'>) {
  return async <Result>(
    { usernameKey, password, account, ip }: CheckedAccount,
    goOn: (changed: LoginAccount) => Promise<Result | null>,
  ): Promise<Result | null> => {
    const changed = await sessions.findAccount(usernameKey);
    if (changed === null || changed.passwordHash === account.passwordHash) return null;
    const isRight = await passwords.verify(password, changed.passwordHash, toSiteKey(ip));
    return isRight ? goOn(changed) : null;
  };
}

const badCredentials = () =>
  new UnauthenticatedError('BAD_CREDENTIALS', 'Incorrect username or password.');
