import { createOpaqueToken } from '../../../authentication/opaque-token.ts';
import {
  createRefreshSecrets,
  firstOfChain,
  writeFirstToken,
} from '../../../authentication/refresh-token.ts';
import type { UserViewer } from '../../../authentication/viewer.ts';
import type { NewSessionCookie } from '../../../values/browser-session.ts';
import type { FactorTable } from '../../../values/factor.ts';
import type { HeldGroupsOf } from '../../groups/held-groups.ts';
import type { IssueCredentials, IssuedCredentials } from '../issue-credentials.ts';
import { factorRequired } from '../proofs/proof-errors.ts';
import type { OpenedSession } from './open-session.store.ts';
import type { LoginCompletion, OpenSession } from './open-session.ts';
import type { LoginAttempt } from './password-proofs.ts';

export interface LoginDependencies {
  readonly openSession: OpenSession;
  readonly factors: Pick<FactorTable, 'kinds'>;
  readonly issueCredentials: IssueCredentials;
  readonly heldGroups: HeldGroupsOf;
  readonly now: () => Date;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/**
 * Opens a session that a refresh token continues.
 *
 * @throws {UnauthenticatedError} FACTOR_REQUIRED. @throws what `OpenSession` throws.
 */
export type Login<Sent> = (sent: Sent) => Promise<IssuedCredentials>;

export interface StartedSession {
  /** The viewer of the requests that send the cookie. */
  readonly viewer: UserViewer;
  readonly cookie: NewSessionCookie;
}

/** A browser session, or what is due before it opens. */
export type SessionStart =
  | ({ readonly outcome: 'opened' } & StartedSession)
  | Extract<OpenedSession, { outcome: 'due' }>;

/** Opens a session that a cookie continues. @throws what `OpenSession` throws. */
export type StartSession<Sent> = (sent: Sent) => Promise<SessionStart>;

export interface Logins {
  readonly login: Login<LoginAttempt>;
  readonly completeLogin: Login<LoginCompletion>;
  readonly startSession: StartSession<LoginAttempt>;
  readonly completeSession: StartSession<LoginCompletion>;
}

/** Creates the four functions that log in: with tokens or a cookie, in one step or two. */
export function createLogins({ openSession, ...dependencies }: LoginDependencies): Logins {
  const withTokens = createWithTokens(dependencies);
  const withCookie = createWithCookie(dependencies);
  return {
    login: withTokens(openSession.begin),
    completeLogin: withTokens(openSession.complete),
    startSession: withCookie(openSession.begin),
    completeSession: withCookie(openSession.complete),
  };
}

type Open<Sent> = (
  sent: Sent,
  opening: Parameters<OpenSession['begin']>[1],
) => Promise<OpenedSession>;

const createWithTokens =
  ({ issueCredentials, randomBytes }: Omit<LoginDependencies, 'openSession'>) =>
  <Sent>(open: Open<Sent>): Login<Sent> =>
  async (sent) => {
    const secrets = createRefreshSecrets(randomBytes);
    const secret = { kind: 'token', refresh: firstOfChain(secrets) } as const;
    const opened = await open(sent, { purpose: 'LOGIN', secret });
    if (opened.outcome === 'due') throw factorRequired(opened.due);
    const { session } = opened;
    return issueCredentials(session, writeFirstToken(session.id, secrets));
  };

const createWithCookie =
  ({ heldGroups, now, randomBytes, factors }: Omit<LoginDependencies, 'openSession'>) =>
  <Sent>(open: Open<Sent>): StartSession<Sent> =>
  async (sent) => {
    const { token, hash } = createOpaqueToken(randomBytes);
    const opened = await open(sent, { purpose: 'SESSION', secret: { kind: 'cookie', hash } });
    if (opened.outcome === 'due') return opened;
    const { session } = opened;
    const { authenticatedAt } = session;
    const viewer: UserViewer = {
      kind: 'user',
      isAuthenticated: true,
      userId: session.user.id,
      sessionId: session.id,
      sessionKind: 'cookie',
      groups: new Set(heldGroups.of(session.grants, authenticatedAt, now()).groups),
      authenticatedAt,
      factorKinds: factors.kinds,
      proofCount: session.proofCount,
    };
    const cookie = { value: token, expiresAt: session.absoluteEndAt };
    return { outcome: 'opened', viewer, cookie };
  };
