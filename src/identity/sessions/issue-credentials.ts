import type { AccessTokens } from '../../authentication/access-token.ts';
import type { RefreshToken } from '../../authentication/refresh-token.ts';
import type { Groups } from '../../composition/groups.ts';
import type { UserRecord } from '../users/user.records.ts';
import type { LiveSession } from './session.records.ts';

/** What a client gets for good credentials (RFC 6749, 5.1). */
export interface IssuedCredentials {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly user: UserRecord;
}

/** Hands out the tokens of a session that is alive. @throws {UnauthenticatedError} TOKEN_EXPIRED. */
export type IssueCredentials = (
  session: LiveSession,
  refreshToken: Pick<RefreshToken, 'token'>,
) => IssuedCredentials;

/** Makes what every way to credentials ends in: login, refresh and a change of password. */
export function createIssueCredentials(
  accessTokens: Pick<AccessTokens, 'issue'>,
  schemaGroups: Groups,
): IssueCredentials {
  return ({ id, expiresAt, user, groups }, refreshToken) => {
    const { token, expiresInSeconds } = accessTokens.issue({
      userId: user.id,
      sessionId: id,
      sessionExpiresAt: expiresAt,
      groups: schemaGroups.inSchemaOrder(groups),
    });
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn: expiresInSeconds,
      refreshToken: refreshToken.token,
      user,
    };
  };
}
