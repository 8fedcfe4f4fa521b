import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { parseBearerToken } from './bearer-token.ts';
import { createKeySet } from './key-set.ts';
import { TokensUnavailableError } from './tokens-unavailable-error.ts';

/** Which tokens are accepted, and what they say of their bearer. */
export interface TokenViewerOptions<TClaims> {
  /** The only issuer that is trusted, exactly as in the claim `iss`; or some. */
  readonly issuer: string | readonly string[];
  /** What tokens must be meant for, by the claim `aud`: one of these. */
  readonly audience: string | readonly string[];
  /** The URL of the issuer's keys (JWKS). */
  readonly jwks: string;
  /**
   * The viewer's groups, as an array of strings. A token for which this throws, or returns anything else, is
   * refused as `TOKEN_INVALID`.
   */
  readonly groups: (claims: TClaims) => unknown;
  /** Accepted signature algorithms. Default: every asymmetric one of RFC 7518 and RFC 8037. */
  readonly algorithms?: readonly string[];
  /** The header `typ` that is required, such as `at+jwt` (RFC 9068). Default: any. */
  readonly typ?: string;
  /** How far the clocks of issuer and server may differ. Default: 0. */
  readonly clockToleranceSeconds?: number;
  readonly now?: () => Date;
}

/** A viewer whose token is valid. */
export interface AuthenticatedTokenViewer<TClaims> {
  readonly isAuthenticated: true;
  readonly groups: ReadonlySet<string>;
  readonly claims: TClaims & JWTPayload;
}

/** A viewer without a token, or with one that is not accepted. `cause`, for logs, says which rule it broke. */
export interface AnonymousTokenViewer {
  readonly isAuthenticated: false;
  readonly reason: 'TOKEN_MISSING' | 'TOKEN_MALFORMED' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID';
  readonly cause?: unknown;
}

export type TokenViewer<TClaims> = AuthenticatedTokenViewer<TClaims> | AnonymousTokenViewer;

const asymmetricAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/**
 * Makes viewers of the tokens of a login that exists: JWTs (RFC 7519, RFC 8725) that an issuer signs with
 * keys that it publishes. Takes the value of the header `Authorization`.
 *
 * A token that is not accepted makes an anonymous viewer with the reason, so that fields which are guarded
 * are refused with it, and public ones run.
 *
 * @throws {TypeError} when an option would accept more tokens than it says, such as an empty audience.
 * @throws {TokensUnavailableError} from the returned function, when the keys cannot be read.
 */
export function tokenViewer<TClaims = JWTPayload>(
  options: TokenViewerOptions<TClaims>,
): (authorization: string | null | undefined) => Promise<TokenViewer<TClaims>> {
  const { groups: groupsOf, now = () => new Date() } = options;
  const checks = toChecks(options);
  const keys = createKeySet(options.jwks);

  return async (authorization) => {
    if (authorization === null || authorization === undefined) return anonymous('TOKEN_MISSING');
    const token = parseBearerToken(authorization);
    if (token === undefined) return anonymous('TOKEN_MALFORMED');
    try {
      const verifyOptions = { ...checks, currentDate: now() };
      const { payload: claims } = await jwtVerify<TClaims>(token, keys, verifyOptions);
      return { isAuthenticated: true, groups: toGroups(groupsOf(claims)), claims };
    } catch (error) {
      if (error instanceof TokensUnavailableError) throw error;
      const isExpired = error instanceof errors.JWTExpired;
      return anonymous(isExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID', error);
    }
  };
}

const anonymous = (
  reason: AnonymousTokenViewer['reason'],
  cause?: unknown,
): AnonymousTokenViewer => ({
  isAuthenticated: false,
  reason,
  ...(cause === undefined ? {} : { cause }),
});

/** jose skips a check whose option is undefined or empty, as one from a missing setting would be. */
function toChecks<TClaims>(options: TokenViewerOptions<TClaims>): JWTVerifyOptions {
  const { algorithms = asymmetricAlgorithms, typ, clockToleranceSeconds = 0 } = options;
  if (!algorithms.every((name) => asymmetricAlgorithms.includes(name))) {
    throw new TypeError(`\`algorithms\` must be some of ${asymmetricAlgorithms.join(', ')}.`);
  }
  if (!Number.isFinite(clockToleranceSeconds) || clockToleranceSeconds < 0) {
    throw new TypeError('`clockToleranceSeconds` must be a number of seconds, 0 or more.');
  }
  return {
    issuer: toNames('issuer', options.issuer),
    audience: toNames('audience', options.audience),
    algorithms: toNames('algorithms', algorithms),
    ...(typ === undefined ? {} : { typ: toNames('typ', typ).join() }),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp'],
  };
}

function toNames(option: string, given: unknown): string[] {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (names.length > 0 && names.every(isName)) return [...names];
  throw new TypeError(`\`${option}\` must be a string, or a list of strings, that is not empty.`);
}

const isName = (name: unknown): name is string => typeof name === 'string' && name !== '';

/** @throws {TypeError} for anything but an array of strings. */
function toGroups(given: unknown): ReadonlySet<string> {
  const groups: readonly unknown[] = Array.isArray(given) ? given : [undefined];
  if (groups.every((group) => typeof group === 'string')) return new Set(groups);
  throw new TypeError('`groups` must return an array of strings.');
}
