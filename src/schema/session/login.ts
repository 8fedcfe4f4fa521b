import type { AccessTokens } from '../../authentication/access-token.ts';
import type { Passwords } from '../../authentication/password.ts';
import { createRefreshToken } from '../../authentication/refresh-token.ts';
import { checkUsername, toUsernameKey } from '../../authentication/username.ts';
import { UnauthenticatedError } from '../../errors.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { Client } from '../context.ts';
import type { UserRecord } from '../user/user.records.ts';
import type { SessionStore } from './session.store.ts';

export interface LoginDependencies {
  readonly sessions: SessionStore;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly sessionLifetimeSeconds: number;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
}

export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  readonly client: Client;
}

/** What a client gets for good credentials (RFC 6749, 5.1). */
export interface IssuedCredentials {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly user: UserRecord;
}

/** @throws {UnauthenticatedError} BAD_CREDENTIALS, whatever was wrong. */
export type Login = (attempt: LoginAttempt) => Promise<IssuedCredentials>;

/**
 * Makes the function that checks credentials and opens a session.
 *
 * An unknown user costs the same work as a wrong password and gets the same answer, so that nobody
 * learns here which usernames exist.
 */
export function createLogin(dependencies: LoginDependencies): Login {
  const { sessions, audit, passwords, accessTokens, sessionLifetimeSeconds, now } = dependencies;

  return async ({ username, password, client }) => {
    // A name that no user can have, such as one with a NUL in it, is not for the database to read.
    const isPossible = checkUsername(username) === undefined;
    const account = isPossible ? await sessions.findAccount(toUsernameKey(username)) : null;
    const isRight = await passwords.verify(password, account?.passwordHash);
    const refuse = async (): Promise<never> => {
      const event = { action: 'login.failed', subjectId: account?.id ?? null };
      await audit.record({ actor: null, ip: client.ip }, event);
      throw badCredentials();
    };
    if (account === null || !isRight) return refuse();

    const refreshToken = createRefreshToken(dependencies.randomBytes);
    const expiresAt = new Date(now().getTime() + sessionLifetimeSeconds * 1000);
    const session = await sessions.open({
      account,
      refreshTokenHash: refreshToken.hash,
      expiresAt,
      ip: client.ip,
      userAgent: client.userAgent ?? null,
    });
    if (session === null) return refuse();

    const subject = { userId: account.id, sessionId: session.id, sessionExpiresAt: expiresAt };
    const { token, expiresInSeconds } = accessTokens.issue(subject);
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn: expiresInSeconds,
      refreshToken: refreshToken.token,
      user: session.user,
    };
  };
}

const badCredentials = () =>
  new UnauthenticatedError('BAD_CREDENTIALS', 'The username or the password is wrong.');
