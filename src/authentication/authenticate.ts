import { UnauthenticatedError } from '../errors.ts';
import type { AccessTokens } from './access-token.ts';
import { parseBearer } from './bearer.ts';
import { anonymous, type UserViewer, type Viewer } from './viewer.ts';

export interface AuthenticateDependencies {
  readonly accessTokens: Pick<AccessTokens, 'verify'>;
  /** The viewer of a session that is alive, as it is now; null when the session or its user has ended. */
  readonly loadViewer: (sessionId: string) => Promise<UserViewer | null>;
}

/** Tells who is asking from all values of the Authorization header. */
export type Authenticate = (authorization: readonly string[]) => Promise<Viewer>;

/**
 * Makes the function that turns a request's token into its viewer.
 *
 * A token that is not believed makes an anonymous viewer with the reason; it never becomes another
 * viewer. Groups are those of the database now. What `loadViewer` throws is thrown on: a look-up that
 * fails must not pass for an answer.
 */
export function createAuthenticate({
  accessTokens,
  loadViewer,
}: AuthenticateDependencies): Authenticate {
  return async (authorization) => {
    const claims = readClaims(accessTokens, authorization);
    if ('kind' in claims) return claims;
    const viewer = await loadViewer(claims.sessionId);
    return viewer?.userId === claims.userId ? viewer : anonymous('TOKEN_REVOKED');
  };
}

function readClaims(
  accessTokens: AuthenticateDependencies['accessTokens'],
  authorization: readonly string[],
) {
  try {
    const token = parseBearer(authorization);
    return token === undefined ? anonymous('TOKEN_MISSING') : accessTokens.verify(token);
  } catch (error) {
    if (error instanceof UnauthenticatedError) return anonymous(error.reason);
    throw error;
  }
}
