import type { ListedError } from './denied-result.ts';

/** The HTTP response to refusals. */
export interface DenialResponse {
  readonly status: 401 | 403 | 404;
  /** The value of the header `WWW-Authenticate`. Absent for 404. */
  readonly challenge?: string;
}

/**
 * Returns the status and the challenge of refused operations (RFC 9110, 15.5.2 and 15.5.4; RFC 6750, 3).
 * If several kinds occur, the status is 401, since after a login the client sees the rest; or else 404. `error="invalid_token"` is
 * added only when a token was sent.
 */
export function toDenialResponse(
  denials: readonly Pick<ListedError, 'extensions'>[],
  realm: string,
): DenialResponse {
  const unauthenticated = denials.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  if (unauthenticated === undefined) {
    if (denials.some(({ extensions }) => extensions?.code === 'NOT_FOUND')) return { status: 404 };
    return { status: 403, challenge: `Bearer realm="${realm}", error="insufficient_scope"` };
  }
  const description = tokenProblems[String(unauthenticated.extensions?.reason)];
  const problem =
    description === undefined ? '' : `, error="invalid_token", error_description="${description}"`;
  return { status: 401, challenge: `Bearer realm="${realm}"${problem}` };
}

const tokenProblems: Readonly<Record<string, string>> = {
  TOKEN_MALFORMED: 'The Authorization header contains no bearer token',
  TOKEN_EXPIRED: 'The token has expired',
  TOKEN_INVALID: 'The token is not valid',
  TOKEN_REVOKED: 'The token has been revoked',
};
