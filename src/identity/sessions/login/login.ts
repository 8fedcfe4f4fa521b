import { createOpaqueToken } from '../../../authentication/opaque-token.ts';
import {
  createRefreshSecrets,
  firstOfChain,
  writeFirstToken,
} from '../../../authentication/refresh-token.ts';
import type { UserViewer } from '../../../authentication/viewer.ts';
import type { NewSessionCookie } from '../../../values/browser-session.ts';
import type { Groups } from '../../../values/groups.ts';
import type { IssueCredentials, IssuedCredentials } from '../issue-credentials.ts';
import type { LoginAttempt, OpenSession } from './open-session.ts';

export interface LoginDependencies {
  readonly openSession: OpenSession;
  readonly issueCredentials: IssueCredentials;
  readonly groups: Groups;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Opens a session that a refresh token continues. @throws what `OpenSession` throws. */
export type Login = (attempt: LoginAttempt) => Promise<IssuedCredentials>;

export const createLogin =
  ({ openSession, issueCredentials, randomBytes }: LoginDependencies): Login =>
  async (attempt) => {
    const secrets = createRefreshSecrets(randomBytes);
    const session = await openSession(attempt, { kind: 'token', refresh: firstOfChain(secrets) });
    return issueCredentials(session, writeFirstToken(session.id, secrets));
  };

/** A browser session that has just been opened. */
export interface StartedSession {
  /** The viewer of the requests that send the cookie. */
  readonly viewer: UserViewer;
  readonly cookie: NewSessionCookie;
}

/** Opens a session that a cookie continues. @throws what `OpenSession` throws. */
export type StartSession = (attempt: LoginAttempt) => Promise<StartedSession>;

export const createStartSession =
  ({ openSession, groups, randomBytes }: LoginDependencies): StartSession =>
  async (attempt) => {
    const { token, hash } = createOpaqueToken(randomBytes);
    const session = await openSession(attempt, { kind: 'cookie', hash });
    const viewer: UserViewer = {
      kind: 'user',
      isAuthenticated: true,
      userId: session.user.id,
      sessionId: session.id,
      sessionKind: 'cookie',
      groups: new Set(groups.inEffect(session.groups)),
    };
    return { viewer, cookie: { value: token, expiresAt: session.absoluteEndAt } };
  };
