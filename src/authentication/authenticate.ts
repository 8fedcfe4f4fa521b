import { UnauthenticatedError } from '../errors.ts';
import type { AccessTokens } from './access-token.ts';
import {
  type ApiClientClaim,
  isApiClientSecret,
  parseApiClientSecret,
} from './api-client-secret.ts';
import { parseBearer } from './bearer.ts';
import { hashOpaqueToken, isOpaqueToken } from './opaque-token.ts';
import { type ApiClientViewer, anonymous, type UserViewer, type Viewer } from './viewer.ts';

export interface AuthenticateDependencies {
  readonly accessTokens: Pick<AccessTokens, 'verify'>;
  /**
   * Returns the current viewer of a session, or null when the session or its user has ended. What was issued at another
   * `proofCount` than the session has now proves nothing of it.
   */
  readonly loadViewer: (issued: IssuedTo) => Promise<UserViewer | null>;
  /** Returns the current viewer of the live session with this SHA-256 of its cookie, or null. */
  readonly loadCookieViewer: (cookieHash: Uint8Array) => Promise<UserViewer | null>;
  /** Returns the API client with this secret's hash, or null when no enabled client has it. */
  readonly loadApiClient: (claim: ApiClientClaim) => Promise<ApiClientViewer | null>;
}

/** The session that an access token was issued to, and how often the session had proved itself. */
export interface IssuedTo {
  readonly sessionId: string;
  readonly proofCount?: number | undefined;
}

export interface PresentedCredentials {
  /** All values of the header `Authorization`. If there is one, the cookie is not used. */
  readonly authorization: readonly string[];
  /** The value of the session cookie. Absent: none was sent, or the transport has none. */
  readonly sessionCookie?: string | undefined;
}

export type Authenticate = (credentials: PresentedCredentials) => Promise<Viewer>;

/**
 * Creates the function that identifies the viewer by a request's token. A token with the prefix of API client secrets
 * is only checked as a secret, every other token as an access token.
 *
 * A token that is not accepted results in an anonymous viewer with the reason, never in another viewer. A secret with
 * a wrong form or checksum is `TOKEN_MALFORMED`. An unknown secret, a replaced one and that of a disabled client are
 * all `TOKEN_REVOKED`. Groups are read from the database. Errors of the reads are thrown, so a failure never counts
 * as an answer.
 */
export function createAuthenticate(dependencies: AuthenticateDependencies): Authenticate {
  return async ({ authorization, sessionCookie }) => {
    try {
      const token = parseBearer(authorization);
      if (token === undefined) {
        return sessionCookie === undefined
          ? anonymous('TOKEN_MISSING')
          : await cookieHolderOf(sessionCookie, dependencies);
      }
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
  const viewer = await loadViewer(claims);
  return viewer?.userId === claims.userId ? viewer : anonymous('TOKEN_REVOKED');
}

async function cookieHolderOf(
  cookie: string,
  { loadCookieViewer }: AuthenticateDependencies,
): Promise<Viewer> {
  if (!isOpaqueToken(cookie)) return anonymous('TOKEN_MALFORMED');
  return (await loadCookieViewer(hashOpaqueToken(cookie))) ?? anonymous('TOKEN_REVOKED');
}

async function apiClientOf(
  secret: string,
  { loadApiClient }: AuthenticateDependencies,
): Promise<Viewer> {
  const claim = parseApiClientSecret(secret);
  if (claim === undefined) return anonymous('TOKEN_MALFORMED');
  return (await loadApiClient(claim)) ?? anonymous('TOKEN_REVOKED');
}
