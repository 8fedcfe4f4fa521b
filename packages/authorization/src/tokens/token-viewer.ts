import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { isPlainData } from '../decision/plain-data.ts';
import type { AuthenticationTimes } from '../decision/proofs.ts';
import { checkOptions } from '../options/check-options.ts';
import type { ShapesOf } from '../options/shape.ts';
import { authenticationTimes } from './authentication-times.ts';
import { createKeySet } from './key-set.ts';
import { TokensUnavailableError } from './tokens-unavailable-error.ts';

/** The rules for accepted tokens, and the mapping of their claims to groups. */
export interface TokenViewerOptions<TClaims> {
  /** The trusted issuer or issuers, exactly as in the claim `iss`. */
  readonly issuer: string | readonly string[];
  /** The accepted values of the claim `aud`. */
  readonly audience: string | readonly string[];
  /** The URL of the issuer's keys (JWKS). */
  readonly jwks: string;
  /**
   * Returns the viewer's groups as an array of strings. If it throws or returns anything else, the token is refused as
   * `TOKEN_INVALID`.
   */
  readonly groups: (claims: TClaims) => unknown;
  /** The accepted signature algorithms. Default: the asymmetric ones of RFC 7518 and Ed25519 (RFC 8037), not Ed448. */
  readonly algorithms?: readonly string[];
  /** The required header `typ`, such as `at+jwt` (RFC 9068). Default: any. */
  readonly typ?: string;
  /**
   * The values of the claims `acr` and `amr` by which this issuer guarantees two kinds of factors: `{ 'urn:acme:mfa': 2 }`.
   * Default: none.
   */
  readonly proves?: Readonly<Record<string, 2>>;
  /** The tolerated difference between the clocks of issuer and server. Default: 0. */
  readonly clockToleranceSeconds?: number;
  readonly now?: () => Date;
}

/** Those that are `any` have checks of their own. */
const optionShapes = {
  issuer: 'any',
  audience: 'any',
  jwks: 'string',
  groups: 'function',
  algorithms: 'any',
  typ: 'any',
  proves: 'any',
  clockToleranceSeconds: 'any',
  now: 'function?',
} satisfies ShapesOf<TokenViewerOptions<never>>;

/** A viewer with a valid token. */
export interface AuthenticatedTokenViewer<TClaims> {
  readonly isAuthenticated: true;
  readonly groups: ReadonlySet<string>;
  /** When each factor was proved, by the claims `amr`, `acr` and `auth_time`. Absent: nothing is known of that. */
  readonly authenticatedAt?: AuthenticationTimes;
  readonly claims: TClaims & JWTPayload;
}

/** A viewer without a token, or with one that is not accepted. `cause` is the verification error, for logs. */
export interface AnonymousTokenViewer {
  readonly isAuthenticated: false;
  readonly reason: 'TOKEN_MISSING' | 'TOKEN_MALFORMED' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID';
  readonly cause?: unknown;
}

export type TokenViewer<TClaims> = AuthenticatedTokenViewer<TClaims> | AnonymousTokenViewer;

/** Matches `Bearer`, in any case, and the `b64token` of RFC 6750, section 2.1. */
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/**
 * Creates the function that verifies the token in a header `Authorization` and returns its viewer. Tokens are JWTs
 * (RFC 7519, RFC 8725) of an existing login, signed with keys that their issuer publishes.
 *
 * A token that is not accepted results in an anonymous viewer with the reason: guarded fields are refused with this
 * reason, and public fields run.
 *
 * @throws {TypeError} for unknown options, and for those that would disable a check, such as an empty audience.
 * @throws {TokensUnavailableError} from the returned function, when the keys cannot be read.
 */
export function tokenViewer<TClaims = JWTPayload>(
  options: TokenViewerOptions<TClaims>,
): (authorization: string | null | undefined) => Promise<TokenViewer<TClaims>> {
  checkOptions('tokenViewer', options, optionShapes);
  const { groups: groupsOf, now = () => new Date() } = options;
  const checks = toChecks(options);
  const proves = toProving(options.proves);
  const keys = createKeySet(options.jwks);

  return async (authorization) => {
    if (authorization === null || authorization === undefined) return anonymous('TOKEN_MISSING');
    const [, token] = bearer.exec(authorization) ?? [];
    if (token === undefined) return anonymous('TOKEN_MALFORMED');
    try {
      const verifyOptions = { ...checks, currentDate: now() };
      const { payload: claims } = await jwtVerify<TClaims>(token, keys, verifyOptions);
      const groups = toGroups(groupsOf(claims));
      const authenticatedAt = authenticationTimes(claims, proves);
      return { isAuthenticated: true, groups, ...(authenticatedAt && { authenticatedAt }), claims };
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

/** Validates the options: jose skips a check whose option is undefined or empty, for example from a missing setting. */
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

/** @throws {TypeError} */
function toProving(proves: unknown = {}): ReadonlySet<unknown> {
  // A Map or a Set has no keys: it would prove nothing, without an error.
  if (isPlainData(proves) && !Array.isArray(proves)) {
    const names = Object.keys(proves);
    const kinds: readonly unknown[] = Object.values(proves);
    if (names.every(isName) && kinds.every((each) => each === 2)) return new Set(names);
  }
  throw new TypeError(
    "`proves` must have values of `acr` or `amr`, each with 2: { 'urn:acme:mfa': 2 }.",
  );
}

function toNames(option: string, value: unknown): string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > 0 && names.every(isName)) return [...names];
  throw new TypeError(`\`${option}\` must be a string, or a list of strings, that is not empty.`);
}

const isName = (name: unknown): name is string => typeof name === 'string' && name !== '';

/** @throws {TypeError} for anything but an array of strings. */
function toGroups(value: unknown): ReadonlySet<string> {
  const groups: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  if (groups.every((group) => typeof group === 'string')) return new Set(groups);
  throw new TypeError('`groups` must return an array of strings.');
}
