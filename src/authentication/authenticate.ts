import { UnauthenticatedError } from '../errors.ts';
import type { AccessTokens } from './access-token.ts';
import {
  type ApiClientClaim,
  isApiClientSecret,
  parseApiClientSecret,
} from './api-client-secret.ts';
import { parseBearer } from './bearer.ts';
import { type ApiClientViewer, anonymous, type UserViewer, type Viewer } from './viewer.ts';

export interface AuthenticateDependencies {
  readonly accessTokens: Pick<AccessTokens, 'verify'>;
  /** The viewer of a session that is alive, as it is now; null when the session or its user has ended. */
  readonly loadViewer: (sessionId: string) => Promise<UserViewer | null>;
  /** The API client whose secret has this hash now; null when no enabled client has it. */
  readonly loadApiClient: (claim: ApiClientClaim) => Promise<ApiClientViewer | null>;
}

/** Tells who is asking from all values of the Authorization header. */
export type Authenticate = (authorization: readonly string[]) => Promise<Viewer>;

/**
 * Makes the function that turns a request's token into its viewer. The token's form tells its kind:
 * one that begins as a secret of an API client is that or nothing, every other is an access token.
 *
 * A token that is not believed makes an anonymous viewer with the reason; it never becomes another
 * viewer. A secret that no server can have issued is `TOKEN_MALFORMED`; an unknown one, one that
 * another has replaced and that of a disabled client are `TOKEN_REVOKED` alike. Groups are those of
 * the database now. What a look-up throws is thrown on: a failure must not pass for an answer.
 */
export function createAuthenticate(dependencies: AuthenticateDependencies): Authenticate {
  return async (authorization) => {
    try {
      const token = parseBearer(authorization);
      if (token === undefined) return anonymous('TOKEN_MISSING');
      return isApiClientSecret(token)
        ? await apiClientOf(token, dependencies)
        : await userOf(token, dependencies);
    } catch (error) {
      if (error instanceof UnauthenticatedError) return anonymous(error.reason);
      throw error;
    }
  };
}

async function userOf(
  token: string,
  { accessTokens, loadViewer }: AuthenticateDependencies,
): Promise<Viewer> {
  const claims = accessTokens.verify(token);
  const viewer = await loadViewer(claims.sessionId);
  return viewer?.userId === claims.userId ? viewer : anonymous('TOKEN_REVOKED');
}

async function apiClientOf(
  secret: string,
  { loadApiClient }: AuthenticateDependencies,
): Promise<Viewer> {
  const claim = parseApiClientSecret(secret);
  if (claim === undefined) return anonymous('TOKEN_MALFORMED');
  return (await loadApiClient(claim)) ?? anonymous('TOKEN_REVOKED');
}
