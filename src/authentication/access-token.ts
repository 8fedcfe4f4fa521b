import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { UnauthenticatedError } from '../errors.ts';
import type { AuthenticationTimes, FactorTable } from '../values/factor.ts';
import type { SigningKeys } from './keys/signing-keys.ts';

/** The only accepted algorithm, whatever a token's header contains (RFC 8725, 3.1). */
const algorithm = 'ES256';

/** The tolerance for `iat` in the future, in seconds: the clocks of several nodes differ a little. */
const clockSkewSeconds = 5;

/** Verifying a token costs as much as the rest of a small request. Verified tokens are therefore cached. */
const maxRememberedTokens = 5_000;

/**
 * The required header (RFC 9068, 2.1). No `crit` extension is supported, so `crit` must be absent (RFC 7515, 4.1.11).
 */
const headerSchema = z.object({
  alg: z.literal(algorithm),
  typ: z.string().regex(/^(?:application\/)?at\+jwt$/i),
  kid: z.string(),
  crit: z.never().optional(),
});

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  nbf: z.number().optional(),
  proof_count: z.number().optional(),
});

type Claims = z.infer<typeof claimsSchema>;

export interface AccessTokenOptions {
  readonly keys: SigningKeys;
  /** The claim `iss`, which `verify` requires. */
  readonly issuer: string;
  /** The claim `aud`, which `verify` requires. */
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** The claim `scope`: none, or the groups as one text. */
  readonly scope: 'off' | 'groups';
  readonly factors: Pick<FactorTable, 'entriesOf' | 'kindsOf' | 'methodsOf'>;
  readonly now: () => Date;
  /** Returns a new unique identifier at each call: the claim `jti`. */
  readonly randomId: () => string;
}

export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  /** A token expires no later than its session. */
  readonly sessionExpiresAt?: Date | undefined;
  /** The claim `groups`: the user's current groups. */
  readonly groups: readonly string[];
  /** The claims `auth_time`, the time of the last proof, and `amr`, what was proved then. */
  readonly authenticatedAt?: AuthenticationTimes;
  /** The claim `proof_count`: how often the session has proved itself. */
  readonly proofCount?: number;
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/**
 * Issues and verifies access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with the first key of a set
 * and verified with any key of it. Synchronous, so that it does not wait behind password hashes.
 *
 * The claim `groups` (RFC 9068, 2.2.3.1) is for third parties, which verify tokens with the public keys. It contains
 * the groups at the time of issue. With `scope: 'groups'`, the claim `scope` contains them too, separated by spaces
 * (RFC 9068, 2.2.3), because routers of Apollo Federation read no other. `verify` reads neither.
 *
 * A token lives for `lifetimeSeconds`, or until its session ends if that is sooner, and is already invalid at `exp`
 * (RFC 7519, 4.1.4).
 *
 * @throws {RangeError} at creation, for settings that would disable a check.
 * @throws {UnauthenticatedError} from `issue`, `TOKEN_EXPIRED`, when the session has ended.
 * @throws {UnauthenticatedError} from `verify`, with the problem as the cause: `TOKEN_MALFORMED` if it is not a JWT,
 *   `TOKEN_EXPIRED` if only its time is over, otherwise `TOKEN_INVALID`.
 */
export function createAccessTokens(options: AccessTokenOptions) {
  checkOptions(options);
  const { keys, issuer, audience, lifetimeSeconds, scope, factors, now, randomId } = options;
  const nowSeconds = () => toSeconds(now());
  const readClaims = createClaimsReader(keys, { issuer, audience });

  return {
    issue(subject: AccessTokenSubject) {
      const { userId, sessionId, sessionExpiresAt, groups, proofCount = 0 } = subject;
      const iat = nowSeconds();
      const sessionEnd = sessionExpiresAt === undefined ? Infinity : toSeconds(sessionExpiresAt);
      const exp = Math.min(iat + lifetimeSeconds, sessionEnd);
      if (!(iat < exp)) throw new UnauthenticatedError('TOKEN_EXPIRED', 'The session has expired.');

      const { kid, privateKey } = keys.signing;
      const claims = {
        iss: issuer,
        aud: audience,
        sub: userId,
        sid: sessionId,
        groups,
        ...(scope === 'groups' ? { scope: groups.join(' ') } : {}),
        ...authenticationClaims(factors, subject.authenticatedAt ?? {}, now()),
        proof_count: proofCount,
      };
      const token = jwt.sign({ ...claims, jti: randomId(), iat, exp }, privateKey, {
        algorithm,
        header: { alg: algorithm, typ: 'at+jwt', kid },
      });
      return { token, expiresInSeconds: exp - iat };
    },

    verify(token: string) {
      const claims = readClaims(token);
      checkTimes(claims, nowSeconds());
      const { sub: userId, sid: sessionId, proof_count: proofCount } = claims;
      return { userId, sessionId, proofCount };
    },
  };
}

/** How long one authentication takes at most, from its first factor to its last. */
const authenticationMs = 5 * 60_000;

/**
 * Returns `auth_time` (OpenID Connect Core, 2) and `amr` (RFC 8176) for resource servers. Both describe the last
 * authentication: a factor that was proved long before it would otherwise seem to be as recent.
 */
function authenticationClaims(
  { entriesOf, kindsOf, methodsOf }: AccessTokenOptions['factors'],
  times: AuthenticationTimes,
  now: Date,
) {
  const entries = entriesOf(times);
  if (entries.length === 0) return {};
  const lastMs = Math.max(...entries.map(([, time]) => time.getTime()));
  const last = entries.filter(([, time]) => lastMs - time.getTime() <= authenticationMs);
  const methods = methodsOf(last.map(([factor]) => factor));
  const amr = kindsOf(Object.fromEntries(last), now) === 2 ? [...methods, 'mfa'] : methods;
  return { auth_time: toSeconds(new Date(lastMs)), amr };
}

function checkOptions({ issuer, audience, lifetimeSeconds }: AccessTokenOptions): void {
  // jsonwebtoken skips the check for an empty setting.
  if (issuer === '') throw new RangeError('The issuer of access tokens must not be empty.');
  if (audience === '') throw new RangeError('The audience of access tokens must not be empty.');
  if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds < 1) {
    throw new RangeError(
      'The lifetime of access tokens must be a whole number of seconds, at least 1.',
    );
  }
}

interface ExpectedClaims {
  readonly issuer: string;
  readonly audience: string;
}

interface VerificationKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * Creates the reader of verified claims. It caches the claims of a token by its whole text, while the key that
 * verified it is in the set. Times are not cached: they are checked at each use.
 */
function createClaimsReader(keys: SigningKeys, expected: ExpectedClaims) {
  const remembered = new LRUCache<string, VerificationKey & { readonly claims: Claims }>({
    max: maxRememberedTokens,
  });
  return (token: string): Claims => {
    const known = remembered.get(token);
    if (known !== undefined && keys.verificationKey(known.kid) === known.key) return known.claims;
    const found = findKey(token, keys);
    const claims = verifyClaims(token, found.key, expected);
    remembered.set(token, { ...found, claims });
    return claims;
  };
}

/** Finds the key that the token's header names, after checking the rest of the header. */
function findKey(token: string, keys: SigningKeys): VerificationKey {
  const header = headerSchema.safeParse(readHeader(token));
  if (!header.success) throw invalid(header.error);
  const { kid } = header.data;
  const key = keys.verificationKey(kid);
  if (key === undefined) throw invalid(new Error('The token names an unknown key.'));
  return { kid, key };
}

function readHeader(token: string): Record<string, unknown> {
  const parts = token.split('.');
  const [header = ''] = parts;
  if (parts.length !== 3 || !parts.every(isCanonicalBase64Url)) {
    throw malformed(new Error('The token does not consist of three base64url parts.'));
  }
  try {
    const text = Buffer.from(header, 'base64url').toString('utf8');
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Each value has one encoding: decoders ignore the unused bits of a last character (RFC 4648, 3.5). */
function isCanonicalBase64Url(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function verifyClaims(token: string, key: KeyObject, expected: ExpectedClaims): Claims {
  try {
    // The times are checked afterwards: jsonwebtoken accepts a missing `exp`, and reports a past one before it checks
    // issuer and audience.
    const claims = jwt.verify(token, key, {
      ...expected,
      algorithms: [algorithm],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
    return claimsSchema.parse(claims);
  } catch (cause) {
    throw invalid(cause);
  }
}

/** The comparisons are written so that a clock that returns NaN makes every token invalid. */
function checkTimes({ iat, nbf = iat, exp }: Claims, nowSeconds: number): void {
  if (!(iat <= nowSeconds + clockSkewSeconds)) {
    throw invalid(new Error('The token was issued in the future.'));
  }
  if (!(nbf <= nowSeconds + clockSkewSeconds)) {
    throw invalid(new Error('The token is not valid yet.'));
  }
  if (!(nowSeconds < exp)) {
    throw new UnauthenticatedError('TOKEN_EXPIRED', 'The access token has expired.', {
      cause: new Error('The token has expired.'),
    });
  }
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

function malformed(cause: unknown): UnauthenticatedError {
  const message = 'The access token is not a JSON Web Token.';
  return new UnauthenticatedError('TOKEN_MALFORMED', message, { cause });
}

function invalid(cause: unknown): UnauthenticatedError {
  return new UnauthenticatedError('TOKEN_INVALID', 'The access token is not valid.', { cause });
}
