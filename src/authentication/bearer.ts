import { UnauthenticatedError } from '../errors.ts';

/** The maximum length of an Authorization header, in characters (one byte each in HTTP). */
export const maxAuthorizationLength = 8192;

/** Matches `b64token` of RFC 6750, section 2.1. */
const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Returns the bearer token of the Authorization header (RFC 6750, 2.1; RFC 9110, 11.4), or `undefined` without a
 * header.
 *
 * `headers` are all values of the header as received, without surrounding white space. An invalid header is an error,
 * so that a client with a mistake is never treated as anonymous.
 *
 * @throws {UnauthenticatedError} `TOKEN_MALFORMED`. The message names the broken rule, and never repeats the value.
 */
export function parseBearer(headers: readonly string[]): string | undefined {
  const [header, ...others] = headers;
  if (header === undefined) return undefined;
  if (others.length > 0) throw malformed('it is repeated');
  if (header.length > maxAuthorizationLength) {
    throw malformed(`it is longer than ${maxAuthorizationLength} characters`);
  }

  const scheme = header.replace(/ .*$/s, '');
  if (scheme.toLowerCase() !== 'bearer') throw malformed('the scheme is not Bearer');

  const token = header.slice(scheme.length).replace(/^ +/, '');
  if (token === '') throw malformed('the token is missing');
  if (!b64token.test(token)) {
    throw malformed('the token contains characters that are not allowed in a bearer token');
  }
  return token;
}

function malformed(problem: string): UnauthenticatedError {
  return new UnauthenticatedError(
    'TOKEN_MALFORMED',
    `The Authorization header is malformed: ${problem}.`,
  );
}
