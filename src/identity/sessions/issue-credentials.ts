import type { AccessTokens } from '../../authentication/access-token.ts';
import type { HeldGroupsOf } from '../groups/held-groups.ts';
import type { UserRecord } from '../users/user.records.ts';
import type { LiveSession } from './session.records.ts';

/** The tokens of a session (RFC 6749, 5.1). */
export interface IssuedCredentials {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** The lifetime of the access token, in seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly user: UserRecord;
}

/** Issues the tokens of a live session. @throws {UnauthenticatedError} TOKEN_EXPIRED. */
export type IssueCredentials = (
  session: LiveSession,
  /** As `writeRefreshToken` returns it. */
  refreshToken: string,
) => IssuedCredentials;

/** Creates the function that issues tokens, used by login, refresh and password changes. */
export function createIssueCredentials(
  accessTokens: Pick<AccessTokens, 'issue'>,
  heldGroups: HeldGroupsOf,
  now: () => Date,
): IssueCredentials {
  return ({ id, expiresAt, user, grants, authenticatedAt, proofCount }, refreshToken) => {
    const { token, expiresInSeconds } = accessTokens.issue({
      userId: user.id,
      sessionId: id,
      sessionExpiresAt: expiresAt,
      groups: heldGroups.of(grants, authenticatedAt, now()).groups,
      authenticatedAt,
      proofCount,
    });
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn: expiresInSeconds,
      refreshToken,
      user,
    };
  };
}
