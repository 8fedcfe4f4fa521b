import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { TokensUnavailableError } from './tokens-unavailable-error.ts';

/** The global of every runtime that has `fetch`: this package is compiled without the types of one. */
declare const URL: new (url: string) => Parameters<typeof createRemoteJWKSet>[0];

/**
 * Reads the keys at a URL (JSON Web Key Set, RFC 7517) when they are first needed, and again when they are
 * older than 10 minutes or a token names an unknown key, but then at most once in 30 seconds.
 *
 * @throws {TypeError} for an invalid URL. @throws {TokensUnavailableError} from the key's lookup, when the
 *   set cannot be read.
 */
export function createKeySet(url: string): JWTVerifyGetKey {
  const keyOf = createRemoteJWKSet(new URL(url));
  return async (header, token) => {
    try {
      return await keyOf(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new TokensUnavailableError(error);
    }
  };
}

/** The set was read, and has no such key. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
