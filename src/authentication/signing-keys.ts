import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** 32 bytes in base64url: a coordinate or the private number of P-256 (RFC 7518, 6.2). */
const p256Number = z
  .string('must be a string')
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');

const privateJwkSchema = z.object(
  {
    kty: z.literal('EC', 'must be "EC"'),
    crv: z.literal('P-256', 'must be "P-256"'),
    x: p256Number,
    y: p256Number,
    d: p256Number,
    kid: z.string('must be a string').min(1, 'must not be empty'),
    alg: z.literal('ES256', 'must be "ES256"'),
    use: z.literal('sig', 'must be "sig"'),
  },
  'must be there and be an object',
);

const keySetSchema = z.object(
  { keys: z.tuple([privateJwkSchema], privateJwkSchema, 'must be a list of keys') },
  'the key set must be a JSON object',
);

type PrivateJwk = z.infer<typeof privateJwkSchema>;
export type PublicJwk = Omit<PrivateJwk, 'd'>;

/** The keys of access tokens. The first key of the set signs; every one of them verifies. */
export interface SigningKeys {
  readonly signing: { readonly kid: string; readonly privateKey: KeyObject };
  verificationKey(kid: string): KeyObject | undefined;
  /** The set as others may see it: a JWK Set without a private member (RFC 7517, 5). */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
}

/** The key set cannot be used. The message tells the operator why, and has no key material. */
export class SigningKeysError extends Error {
  override readonly name = 'SigningKeysError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`SIGNING_KEYS: ${problem}`, options);
  }
}

/**
 * Parses a JWK Set (RFC 7517) of private EC keys on P-256 for ES256.
 *
 * To rotate: put the new key first; drop the old one when its last token has expired.
 *
 * @throws {SigningKeysError} with every problem by key and member. It has no cause, because the
 * errors of `JSON.parse` quote the text.
 */
export function parseSigningKeys(text: string): SigningKeys {
  const parsed = keySetSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new SigningKeysError(parsed.error.issues.map(toProblem).join('; '));

  const [first, ...others] = parsed.data.keys;
  const signing = toKeyPair(first, 0);
  const pairs = [signing, ...others.map((key, index) => toKeyPair(key, index + 1))];
  const publicKeys = new Map(pairs.map(({ jwk, publicKey }) => [jwk.kid, publicKey]));
  if (publicKeys.size < pairs.length) throw new SigningKeysError('two keys have the same kid');

  return {
    signing: { kid: signing.jwk.kid, privateKey: signing.privateKey },
    verificationKey: (kid) => publicKeys.get(kid),
    publicJwks: { keys: pairs.map(({ jwk }) => jwk) },
  };
}

/** A JWK Set, as text, with one new key whose `kid` is its thumbprint (RFC 7638). */
export function generateSigningKeys(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d, x, y } = privateKey.export({ format: 'jwk' });
  // The thumbprint is taken over the required members in this order, without white space.
  const required = { crv: 'P-256', kty: 'EC', x, y };
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  const key = { ...required, d, kid, alg: 'ES256', use: 'sig' };
  return `${JSON.stringify({ keys: [key] }, undefined, 2)}\n`;
}

export interface SigningKeysFile {
  readonly file: string;
  /** Whether a missing file is made, with one new key. */
  readonly createIfMissing: boolean;
  /** Where this runs, if not told otherwise. Windows has no mode bits to check. */
  readonly platform?: NodeJS.Platform | undefined;
}

/**
 * Loads the key set from a file, and makes the file first when it is missing and may be made.
 * Processes that start at once end up with the same keys.
 *
 * @throws {SigningKeysError} if the file is missing, unreadable, wrong, or open to other users.
 */
export async function loadSigningKeys(options: SigningKeysFile): Promise<SigningKeys> {
  const { file, createIfMissing, platform = process.platform } = options;
  try {
    return parseSigningKeys(await readKeyFile(file, platform));
  } catch (error) {
    if (!createIfMissing || !hasCode(error, 'ENOENT')) throw toSigningKeysError(error, file);
  }
  try {
    await createKeyFile(file);
    return parseSigningKeys(await readKeyFile(file, platform));
  } catch (error) {
    throw toSigningKeysError(error, file);
  }
}

async function readKeyFile(file: string, platform: NodeJS.Platform): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { mode } = await handle.stat();
    if (platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new SigningKeysError(`other users may open ${file}; run: chmod 600 '${file}'`);
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * Puts a whole file in place or leaves the one that is there: `link` is atomic and, unlike
 * `rename`, never replaces the file of a process that was faster.
 */
async function createKeyFile(file: string): Promise<void> {
  const text = generateSigningKeys();
  // Named for the new key, so that no other process writes to the same file.
  const temporary = `${file}.${parseSigningKeys(text).signing.kid}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await link(temporary, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function toSigningKeysError(error: unknown, file: string): SigningKeysError {
  if (error instanceof SigningKeysError) return error;
  const problem = hasCode(error, 'ENOENT') ? 'does not exist' : 'cannot be used';
  return new SigningKeysError(`the file ${file} ${problem}`, { cause: error });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

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

function toKeyPair({ d, ...jwk }: PrivateJwk, index: number) {
  const privateKey = toPrivateKey({ d, ...jwk }, index);
  const publicKey = createPublicKey(privateKey);
  // Not checked by createPrivateKey; such a key would sign tokens that nothing verifies.
  const probe = Buffer.from('probe');
  if (!verify('sha256', probe, publicKey, sign('sha256', probe, privateKey))) {
    throw new SigningKeysError(`keys ${index} has a private part that does not fit x and y`);
  }
  return { jwk, privateKey, publicKey };
}

function toPrivateKey(key: PrivateJwk, index: number): KeyObject {
  try {
    return createPrivateKey({ key, format: 'jwk' });
  } catch {
    throw new SigningKeysError(`keys ${index} is not a point of P-256`);
  }
}
