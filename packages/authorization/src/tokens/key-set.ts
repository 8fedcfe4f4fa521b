import {
  base64url,
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  exportJWK,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { problemOfEd25519Key } from './ed25519-key.ts';
import { problemOfRsaKey } from './rsa-key.ts';
import { TokensUnavailableError } from './tokens-unavailable-error.ts';
import { UnusableKeyError } from './unusable-key-error.ts';

/** A global of every runtime with `fetch`. Declared here: this package is compiled without a runtime's types. */
declare const URL: new (url: string) => Parameters<typeof createRemoteJWKSet>[0];

type RemoteKeySet = ReturnType<typeof createRemoteJWKSet>;
type PublicKey = Awaited<ReturnType<RemoteKeySet>>;
/** The header of a token, and the token. */
type Lookup = Parameters<JWTVerifyGetKey>;

/**
 * Creates the lookup of keys at a URL (JSON Web Key Set, RFC 7517). The set is fetched at first use, and again when it
 * is older than 10 minutes or a token names an unknown key, but for unknown keys at most once in 30 seconds.
 *
 * @throws {TypeError} for an invalid URL. @throws {TokensUnavailableError} from the lookup, when the set cannot be
 *   read. @throws {UnusableKeyError} from the lookup, when the token's key cannot be used. Other keys still can.
 */
export function createKeySet(url: string): JWTVerifyGetKey {
  const keyOf = createRemoteJWKSet(toUrl(url));
  const checked = new WeakSet<PublicKey>();
  return async (header, token) => {
    const key = await findKey(keyOf, [header, token]);
    if (!checked.has(key)) await requireUsable(key, header.kid);
    checked.add(key);
    return key;
  };
}

function toUrl(url: string) {
  try {
    return new URL(url);
  } catch {
    throw new TypeError('tokenViewer: `jwks` must be a URL.');
  }
}

async function findKey(keyOf: RemoteKeySet, lookup: Lookup): Promise<PublicKey> {
  try {
    return await keyOf(...lookup);
  } catch (error) {
    if (isAboutToken(error)) throw error;
    if (await isAboutKey(keyOf, lookup)) {
      throw new UnusableKeyError(lookup[0].kid, 'it cannot be imported', { cause: error });
    }
    throw new TokensUnavailableError(error);
  }
}

/** Whether the set was read, but has no key for the token. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/**
 * Whether the set was read, and its key for the token cannot be imported. jose reports both this and a failed fetch
 * with errors of the runtime, so the lookup is repeated without fetching.
 */
async function isAboutKey(keyOf: RemoteKeySet, lookup: Lookup): Promise<boolean> {
  const keySet = keyOf.fresh ? keyOf.jwks() : undefined;
  if (keySet === undefined) return false;
  try {
    await createLocalJWKSet(keySet)(...lookup);
    return false;
  } catch (error) {
    return !isAboutToken(error);
  }
}

/** @throws {UnusableKeyError} for a key with which anyone could sign. */
async function requireUsable(key: PublicKey, kid: string | undefined): Promise<void> {
  const problem = problemOf(await exportJWK(key));
  if (problem !== undefined) throw new UnusableKeyError(kid, problem);
}

/** Keys of ECDSA need no check: their curves have a prime order, and the import refuses points off the curve. */
function problemOf({ n, e, crv, x }: JWK): string | undefined {
  if (n !== undefined && e !== undefined) {
    return problemOfRsaKey({ modulus: toNumber(n), exponent: toNumber(e) });
  }
  if (crv === 'Ed25519' && x !== undefined) return problemOfEd25519Key(base64url.decode(x));
  return undefined;
}

/** Converts a Base64urlUInt (RFC 7518, 2). */
const toNumber = (encoded: string): bigint =>
  base64url.decode(encoded).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
