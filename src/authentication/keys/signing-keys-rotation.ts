import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../../errors.ts';
import {
  generateKey,
  type KeySet,
  type KeySetDocument,
  type PrivateJwk,
  printKeySet,
  SigningKeysError,
  toNumericDate,
} from './signing-key-set.ts';
import { type KeyState, timeKeys } from './signing-key-times.ts';
import { ensureKeyFile, readKeySet, toSigningKeysError } from './signing-keys-file.ts';

export interface KeyDescription {
  readonly kid: string;
  readonly state: KeyState;
  /** When it was created. Null: the file does not say. */
  readonly createdAt: Date | null;
  /** From when it signs. Null: from the start. */
  readonly signsFrom: Date | null;
  /** Until when it verifies. Null: until it is removed from the file. */
  readonly endsAt: Date | null;
}

export interface KeyFileOptions {
  readonly file: string;
  /** How long an access token lives, in seconds. */
  readonly lifetimeSeconds: number;
  readonly now: () => Date;
  /** Default: the platform of this process. */
  readonly platform?: NodeJS.Platform | undefined;
}

export interface RotationOptions extends KeyFileOptions {
  /** How long verifiers may cache the public keys, in seconds. */
  readonly jwksMaxAgeSeconds: number;
  /** How long the new key is published before it signs. Default: twice `jwksMaxAgeSeconds`. */
  readonly leadSeconds?: number | undefined;
  /** Whether a key has leaked: the new key then replaces all others, and signs immediately. */
  readonly hasLeaked?: boolean | undefined;
}

/** Returns the keys of a file. @throws {SigningKeysError} as `readKeySet` does. */
export const listSigningKeys = (options: KeyFileOptions): readonly KeyDescription[] =>
  describeKeys(readKeySet(options.file, options.platform), options);

/**
 * Adds a new key to the file, and removes those that have ended. Creates a missing file.
 *
 * Tokens stay verifiable at all times. The new key is published immediately, and signs when every verifier can have
 * it: after the time for which the set may be cached, and the same time again for differing clocks and for copying
 * the file to all nodes. Old keys verify until their last token has expired, and the same time again. The file is
 * replaced in one step and keeps its mode and owner. Only one rotation writes it at a time.
 *
 * @throws {SigningKeysError} when the file cannot be used or written, when another rotation is in progress, when a
 *   key already waits to sign, and when `leadSeconds` is too short for verifiers.
 */
export async function rotateSigningKeys(
  options: RotationOptions,
): Promise<readonly KeyDescription[]> {
  const { file } = options;
  requireLead(options);
  try {
    // Resolves links, so that the file is replaced and not the link.
    const target = await realpath(file).catch(unlessMissing);
    if (target === undefined) await ensureKeyFile(options);
    else await replaceKeySet(target, options);
  } catch (error) {
    throw toSigningKeysError(error, file);
  }
  return listSigningKeys(options);
}

function requireLead({ leadSeconds, jwksMaxAgeSeconds }: RotationOptions): void {
  if (leadSeconds === undefined || leadSeconds >= jwksMaxAgeSeconds) return;
  const bound = `JWKS_MAX_AGE_SECONDS (${jwksMaxAgeSeconds})`;
  throw new SigningKeysError(
    `a new key must be published at least ${bound} seconds before it signs: verifiers may cache the old set that long`,
  );
}

/** Returns the set after a rotation. Pure, except for the new key. */
function rotated(set: KeySet, options: RotationOptions): KeySetDocument {
  const { lifetimeSeconds, jwksMaxAgeSeconds, now, hasLeaked = false } = options;
  const newKey = generateKey(now());
  if (hasLeaked) return { ...set.document, keys: [newKey] };

  const nowSeconds = toNumericDate(now());
  const timed = timeKeys(set, { nowSeconds, lifetimeSeconds });
  const waiting = timed.find(({ state }) => state === 'next');
  if (waiting !== undefined) throw isWaiting(waiting.key);
  const nbf = nowSeconds + (options.leadSeconds ?? 2 * jwksMaxAgeSeconds);
  const exp = nbf + lifetimeSeconds + jwksMaxAgeSeconds;
  const ended = new Set(timed.filter(({ state }) => state === 'ended').map(({ key }) => key.kid));
  const kept = set.document.keys.filter(({ kid }) => !ended.has(kid));
  const old = kept.map((key): PrivateJwk => ({ ...key, exp: key.exp ?? exp }));
  return { ...set.document, keys: [{ ...newKey, nbf }, ...old] };
}

function isWaiting({ kid, nbf = 0 }: Pick<PrivateJwk, 'kid' | 'nbf'>): SigningKeysError {
  const at = toDate(nbf).toISOString();
  return new SigningKeysError(
    `the new key ${kid} starts signing at ${at}; rotate again after that`,
  );
}

/**
 * Replaces the file's content in one step. The new file is also the lock: it exists from the start of a rotation
 * until it replaces the old one.
 */
async function replaceKeySet(file: string, options: RotationOptions): Promise<void> {
  const { platform = process.platform } = options;
  const draft = `${file}.new`;
  const handle = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    throw hasCode(error, 'EEXIST') ? isUnderWay(draft) : cannotBeWritten(file, error);
  });
  try {
    const text = printKeySet(rotated(readKeySet(file, platform), options));
    await keepAccess(file, handle);
    await handle.writeFile(text);
    await handle.sync();
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  // Makes the rename durable after a loss of power. Windows cannot open folders.
  if (platform !== 'win32') await syncFolder(dirname(file));
}

/** Copies the mode and owner of `file`: when root rotates, the service must still be able to read it. */
async function keepAccess(file: string, handle: FileHandle): Promise<void> {
  const [{ mode, uid, gid }, made] = await Promise.all([stat(file), handle.stat()]);
  if (uid !== made.uid || gid !== made.gid) await handle.chown(uid, gid);
  await handle.chmod(mode & 0o777);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function describeKeys(
  set: KeySet,
  { lifetimeSeconds, now }: Pick<KeyFileOptions, 'lifetimeSeconds' | 'now'>,
): readonly KeyDescription[] {
  const nowSeconds = toNumericDate(now());
  return timeKeys(set, { nowSeconds, lifetimeSeconds }).map(({ key, state, endsAt }) => ({
    kid: key.kid,
    state,
    createdAt: toDateOrNull(key.iat),
    signsFrom: toDateOrNull(key.nbf),
    endsAt: endsAt === Infinity ? null : toDate(endsAt),
  }));
}

const toDate = (seconds: number): Date => new Date(seconds * 1000);

const toDateOrNull = (seconds: number | undefined): Date | null =>
  seconds === undefined ? null : toDate(seconds);

function unlessMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

const isUnderWay = (draft: string) =>
  new SigningKeysError(
    `another rotation is in progress. If not, one was interrupted: delete ${draft}`,
  );

const cannotBeWritten = (file: string, cause: unknown) =>
  new SigningKeysError(`the file ${file} cannot be written: rotate a copy, then move it there`, {
    cause,
  });
