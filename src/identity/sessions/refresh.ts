import { readRefreshToken, writeRefreshToken } from '../../authentication/refresh-token.ts';
import { UnauthenticatedError } from '../../errors.ts';
import type { RequestSource } from '../../values/request-source.ts';
import type { IssueCredentials, IssuedCredentials } from './issue-credentials.ts';
import type { SessionStore } from './session.store.ts';

export interface RefreshDependencies {
  readonly sessions: Pick<SessionStore, 'useRefreshToken'>;
  readonly issueCredentials: IssueCredentials;
  /** How long the token used last may be repeated, in seconds. 0: never. */
  readonly graceSeconds: number;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/**
 * Exchanges a refresh token for the next credentials.
 *
 * @throws {UnauthenticatedError} TOKEN_MALFORMED for a text that cannot be a refresh token, TOKEN_INVALID for an
 *   unknown one, TOKEN_EXPIRED when its session has expired, TOKEN_REVOKED when its session was ended, or ends now
 *   because the token was used before.
 */
export type Refresh = (request: {
  readonly refreshToken: string;
  readonly client: RequestSource;
}) => Promise<IssuedCredentials>;

const refusals = {
  unknown: { reason: 'TOKEN_INVALID', message: 'The refresh token is not valid.' },
  expired: { reason: 'TOKEN_EXPIRED', message: 'The session has expired: log in again.' },
  ended: { reason: 'TOKEN_REVOKED', message: 'The session has ended: log in again.' },
  reuse: { reason: 'TOKEN_REVOKED', message: 'The session has ended: log in again.' },
} as const;

/** Creates the function that refreshes. `decideRefresh` contains the rules of rotation. */
export function createRefresh({
  sessions,
  issueCredentials,
  graceSeconds,
  randomBytes,
}: RefreshDependencies): Refresh {
  return async ({ refreshToken, client }) => {
    const token = readRefreshToken(refreshToken);
    if (token === null) {
      throw new UnauthenticatedError('TOKEN_MALFORMED', 'The refresh token is malformed.');
    }
    const use = { token, ip: client.ip ?? null, graceSeconds, randomBytes };
    const used = await sessions.useRefreshToken(use);
    if (used.outcome === 'refreshed') {
      return issueCredentials(used.session, writeRefreshToken(used.next));
    }
    const { reason, message } = refusals[used.outcome];
    throw new UnauthenticatedError(reason, message);
  };
}
