import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
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
import { ensureKeyFile, hasCode, readKeySet, toSigningKeysError } from './signing-keys-file.ts';

/** A key as its owner may see it. */
export interface KeyDescription {
  readonly kid: string;
  readonly state: KeyState;
  /** Null: not written down in the file. */
  readonly createdAt: Date | null;
  /** Null: from the start. */
  readonly signsFrom: Date | null;
  /** Until when it verifies; null: until it is taken out of the file. */
  readonly endsAt: Date | null;
}

export interface KeyFileOptions {
  readonly file: string;
  /** How long an access token lives. */
  readonly lifetimeSeconds: number;
  readonly now: () => Date;
  /** Where this runs, if not told otherwise. */
  readonly platform?: NodeJS.Platform | undefined;
}

export interface RotationOptions extends KeyFileOptions {
  /** How long others may keep the public keys that they have read. */
  readonly jwksMaxAgeSeconds: number;
  /** How long the new key is published before it signs; absent: `jwksMaxAgeSeconds` twice. */
  readonly leadSeconds?: number | undefined;
  /** Whether a key has leaked: the new one is then the only one, and signs at once. */
  readonly hasLeaked?: boolean | undefined;
}

/** The keys of a file. @throws {SigningKeysError} as `readKeySet` does. */
export const listSigningKeys = (options: KeyFileOptions): readonly KeyDescription[] =>
  describeKeys(readKeySet(options.file, options.platform), options);

/**
 * Adds a new key to the file, and removes those that have ended; makes the file when it is missing.
 *
 * No gap: the new key is published at once, and signs when everyone can have it: after the time for
 * which the set may be kept, and as long again for clocks that differ and for the file's way to all
 * nodes. The old ones verify until the last token that they can have signed has ended, and as long
 * again. The file changes in one step, keeps its mode and owner, and one rotation at a time writes it.
 *
 * @throws {SigningKeysError} when the file cannot be used or written, when another rotation is under
 * way, when a key is already waiting to sign, and when `leadSeconds` would open a gap.
 */
export async function rotateSigningKeys(
  options: RotationOptions,
): Promise<readonly KeyDescription[]> {
  const { file } = options;
  requireLead(options);
  try {
    // Where a link leads, so that it is not the link that is replaced.
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

/** The set after a rotation. Pure, but for the new key. */
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
 * Replaces the file's content in one step. The new file is the lock as well: it is there from the
 * start of a rotation until it takes the place of the old one.
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
  // So that the new name survives a loss of power. Windows opens no folders.
  if (platform !== 'win32') await syncFolder(dirname(file));
}

/** Mode and owner of `file`: when root rotates, the service must be able to read what is written. */
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
