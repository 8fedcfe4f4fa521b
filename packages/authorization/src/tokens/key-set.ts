import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { TokensUnavailableError } from './tokens-unavailable-error.ts';

/** A global of every runtime with `fetch`. Declared here: this package is compiled without a runtime's types. */
declare const URL: new (url: string) => Parameters<typeof createRemoteJWKSet>[0];

/**
 * Creates the lookup of keys at a URL (JSON Web Key Set, RFC 7517). The set is fetched at first use, and again when it
 * is older than 10 minutes or a token names an unknown key, but for unknown keys at most once in 30 seconds.
 *
 * @throws {TypeError} for an invalid URL. @throws {TokensUnavailableError} from the lookup, when the set cannot be
 *   read.
 */
export function createKeySet(url: string): JWTVerifyGetKey {
  const keyOf = createRemoteJWKSet(toUrl(url));
  return async (header, token) => {
    try {
      return await keyOf(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new TokensUnavailableError(error);
    }
  };
}

function toUrl(url: string) {
  try {
    return new URL(url);
  } catch {
    throw new TypeError('tokenViewer: `jwks` must be a URL.');
  }
}

/** Whether the set was read, but has no key for the token. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
