import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { z } from 'zod';
import { NamedError } from '../../error-pages.ts';

/** Matches 32 bytes in base64url: a coordinate or the private number of P-256 (RFC 7518, 6.2). */
const p256Number = z
  .string('must be a string')
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');

/** NumericDate: seconds since 1970 (RFC 7519, 2). */
const numericDate = z.int('must be a whole number of seconds').min(0, 'must not be negative');

/**
 * In addition to the members of RFC 7518, 6.2, three optional times as in OpenID Federation's historical keys: `iat`,
 * when the key was created; `nbf`, from when it signs; `exp`, from when all of its tokens have expired. Other members
 * are kept (RFC 7517, 4).
 */
const privateJwkSchema = z.looseObject(
  {
    kty: z.literal('EC', 'must be "EC"'),
    crv: z.literal('P-256', 'must be "P-256"'),
    x: p256Number,
    y: p256Number,
    d: p256Number,
    kid: z.string('must be a string').min(1, 'must not be empty'),
    alg: z.literal('ES256', 'must be "ES256"'),
    use: z.literal('sig', 'must be "sig"'),
    iat: numericDate.optional(),
    nbf: numericDate.optional(),
    exp: numericDate.optional(),
  },
  'must be present and an object',
);

const keySetSchema = z.looseObject(
  { keys: z.tuple([privateJwkSchema], privateJwkSchema, 'must be a list of keys') },
  'the key set must be a JSON object',
);

const emptySetSchema = z.looseObject({ keys: z.tuple([]) });

/** A private key in the file's format. Its member `d` is secret. */
export type PrivateJwk = z.infer<typeof privateJwkSchema>;
/** The content of the key file. Secret. */
export type KeySetDocument = z.infer<typeof keySetSchema>;

/** The public part of a key: without `d` and the times. */
export type PublicJwk = Pick<PrivateJwk, 'kty' | 'crv' | 'x' | 'y' | 'kid' | 'alg' | 'use'>;

/** One parsed key of a set. Its times are in seconds since 1970. */
export interface SigningKey extends Pick<PrivateJwk, 'kid' | 'iat' | 'nbf' | 'exp'> {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** The keys in the order of the file, newest first. The first whose `nbf` has passed signs. */
export interface KeySet {
  readonly keys: readonly [SigningKey, ...SigningKey[]];
  readonly document: KeySetDocument;
}

/** The key set cannot be used. The message is for the operator, and contains no key material. */
export class SigningKeysError extends NamedError {
  override readonly name = 'SigningKeysError';

  constructor(problem: string, options?: ErrorOptions) {
    super('invalid-signing-keys', `SIGNING_KEYS: ${problem}`, options);
  }
}

/**
 * Parses a JWK Set (RFC 7517) of private EC keys on P-256 for ES256.
 *
 * @throws {SigningKeysError} with every problem by key and member. It has no cause, because the errors of
 *   `JSON.parse` quote the text.
 */
export function parseKeySet(text: string): KeySet {
  const json = parseJson(text);
  if (emptySetSchema.safeParse(json).success) {
    throw new SigningKeysError(
      'the key set has no keys; restore a backup of the file, or remove it and run: keys rotate',
    );
  }
  const parsed = keySetSchema.safeParse(json);
  if (!parsed.success) throw new SigningKeysError(parsed.error.issues.map(toProblem).join('; '));

  const [first, ...others] = parsed.data.keys;
  const keys = [
    toSigningKey(first, 0),
    ...others.map((key, index) => toSigningKey(key, index + 1)),
  ] as const;
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
    throw new SigningKeysError('two keys have the same kid');
  }
  return { keys, document: parsed.data };
}

/** Returns the text of a key file. Secret. */
export const printKeySet = (document: KeySetDocument): string =>
  `${JSON.stringify(document, undefined, 2)}\n`;

/** Creates a key whose `kid` is its thumbprint (RFC 7638). `madeAt` becomes its `iat`. */
export function generateKey(madeAt: Date | undefined): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d, x, y } = privateKey.export({ format: 'jwk' });
  // The thumbprint is computed over the required members in this order, without white space.
  const required = { crv: 'P-256', kty: 'EC', x, y };
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  const key = { ...required, d, kid, alg: 'ES256', use: 'sig' };
  const times = madeAt === undefined ? {} : { iat: toNumericDate(madeAt) };
  return privateJwkSchema.parse({ ...key, ...times });
}

/** Converts a time to whole seconds since 1970, rounded down. */
export const toNumericDate = (at: Date): number => Math.floor(at.getTime() / 1000);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SigningKeysError('the key set is not JSON');
  }
}

function toProblem({ path, message }: z.core.$ZodIssue): string {
  return [...path, message].join(' ');
}

function toSigningKey(jwk: PrivateJwk, index: number): SigningKey {
  const privateKey = toPrivateKey(jwk, index);
  const publicKey = createPublicKey(privateKey);
  // `createPrivateKey` does not check this. Such a key would sign tokens that cannot be verified.
  const probe = Buffer.from('probe');
  if (!verify('sha256', probe, publicKey, sign('sha256', probe, privateKey))) {
    throw new SigningKeysError(`keys ${index} has a private part that does not match x and y`);
  }
  const { kty, crv, x, y, kid, alg, use, iat, nbf, exp } = jwk;
  const publicJwk = { kty, crv, x, y, kid, alg, use };
  return { kid, iat, nbf, exp, privateKey, publicKey, publicJwk };
}

function toPrivateKey({ kty, crv, x, y, d }: PrivateJwk, index: number): KeyObject {
  try {
    return createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' });
  } catch {
    throw new SigningKeysError(`keys ${index} is not a point of P-256`);
  }
}
