import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../../errors.ts';
import { type KeySet, parseKeySet, SigningKeysError } from './signing-key-set.ts';
import { createSigningKeys, generateSigningKeys, type SigningKeys } from './signing-keys.ts';

export interface SigningKeysFile {
  readonly file: string;
  /** Whether to create a missing file, with one new key. */
  readonly createIfMissing: boolean;
  /** Default: the platform of this process. Windows has no mode bits to check. */
  readonly platform?: NodeJS.Platform | undefined;
  readonly now: () => Date;
}

export interface LoadSigningKeysOptions extends SigningKeysFile {
  /** How long an access token lives, in seconds. */
  readonly lifetimeSeconds: number;
  /** Called with the ids of the keys when another set has been read. */
  readonly onChange: (kids: readonly string[]) => void;
  /** Called once for each problem when the file cannot be used. The last valid set stays in use. */
  readonly onProblem: (problem: SigningKeysError) => void;
}

/**
 * The minimum interval of checks for changes of the file. It is checked when its keys are used, because `fs.watch`
 * does not notice mounts that replace a symbolic link, such as those of Kubernetes.
 */
const lookEveryMs = 1000;

/**
 * Loads the key set from a file, and creates a missing file if that is allowed.
 *
 * Processes that start at the same time get the same keys. A changed file is read again: within a second, and
 * immediately when a token names an unknown key (but at most once a second, so that forged names cost nothing).
 *
 * @throws {SigningKeysError} if the file is missing, unreadable, invalid, or accessible to other users.
 */
export async function loadSigningKeys(options: LoadSigningKeysOptions): Promise<SigningKeys> {
  const { createIfMissing, lifetimeSeconds, now } = options;
  if (createIfMissing) await ensureKeyFile(options);
  const { look, current } = followKeyFile(options);
  const lookAtUse = atMostEvery(lookEveryMs, now, look);
  const lookForUnknown = atMostEvery(lookEveryMs, now, look);
  return createSigningKeys({
    keySet: () => {
      lookAtUse();
      return current();
    },
    lookAgain: () => {
      lookForUnknown();
      return current();
    },
    lifetimeSeconds,
    now,
  });
}

/** Reads the file. `look` reads it again when it has changed; `current` is the last valid set. */
function followKeyFile(options: LoadSigningKeysOptions) {
  const { file, platform, onChange, onProblem } = options;
  // Reads the version first, so that the next check notices a change between both reads.
  let version = versionOf(file);
  let keySet = readKeySet(file, platform);
  let problem: string | undefined;

  const look = (): void => {
    try {
      const found = versionOf(file);
      if (found === version && problem === undefined) return;
      const kidsBefore = kidsOf(keySet);
      keySet = readKeySet(file, platform);
      version = found;
      problem = undefined;
      const kids = kidsOf(keySet);
      if (kids.join() !== kidsBefore.join()) onChange(kids);
    } catch (error) {
      const found = toSigningKeysError(error, file);
      if (found.message !== problem) onProblem(found);
      problem = found.message;
    }
  };
  return { look, current: () => keySet };
}

/** Creates a missing key file with one new key. Keeps an existing one. @throws {SigningKeysError} */
export async function ensureKeyFile({
  file,
  now,
}: Pick<SigningKeysFile, 'file' | 'now'>): Promise<void> {
  try {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) await createKeyFile(file, now());
  } catch (error) {
    throw toSigningKeysError(error, file);
  }
}

/**
 * Reads a key file. Synchronous, so that tokens do not wait behind password hashes in the thread pool. The file is
 * small, and on a local disk or in memory.
 *
 * @throws {SigningKeysError} if the file is missing, unreadable, invalid, or accessible to other users.
 */
export function readKeySet(file: string, platform: NodeJS.Platform = process.platform): KeySet {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const found = fstatSync(descriptor);
      // Checked before the mode, which would be reported instead: directories are usually readable by others.
      if (found.isDirectory()) throw new SigningKeysError(`${file} is a directory, not a file`);
      const { mode, uid } = found;
      if (platform !== 'win32') requirePrivate(file, { mode, ownerId: uid });
      return parseKeySet(readFileSync(descriptor, 'utf8'));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw toSigningKeysError(error, file);
  }
}

export interface FileAccess {
  readonly mode: number;
  readonly ownerId: number;
}

const othersBits = 0o077;
const groupReadBit = 0o040;
const root = 0;

/**
 * Whether users other than the owner may open the file. The group may read a file owned by root: that is the usual
 * way to give a secret to a service (`root:gatehouse 0640`), and what Kubernetes does with `fsGroup`.
 */
export const isOpenToOthers = ({ mode, ownerId }: FileAccess): boolean =>
  (mode & (ownerId === root ? othersBits & ~groupReadBit : othersBits)) !== 0;

function requirePrivate(file: string, access: FileAccess): void {
  if (!isOpenToOthers(access)) return;
  throw new SigningKeysError(`other users can read or write ${file}; run: chmod 600 '${file}'`);
}

/**
 * Creates a complete file, or keeps an existing one: `link` is atomic and, unlike `rename`, never replaces the file
 * of a faster process.
 */
async function createKeyFile(file: string, madeAt: Date): Promise<void> {
  const text = generateSigningKeys(madeAt);
  // Named after the new key, so that no other process writes to the same file.
  const temporary = `${file}.${kidsOf(parseKeySet(text)).join()}.tmp`;
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

/** Returns a text that differs after every change of a file, also when it was replaced or a link points elsewhere. */
function versionOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined
    ? 'missing'
    : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

const kidsOf = ({ keys }: KeySet): readonly string[] => keys.map(({ kid }) => kid);

/** Calls `act` at most once in `everyMs`, and also when the clock was set back. */
function atMostEvery(everyMs: number, now: () => Date, act: () => void): () => void {
  let lastAt: number | undefined;
  return () => {
    const at = now().getTime();
    if (lastAt !== undefined && at >= lastAt && at < lastAt + everyMs) return;
    lastAt = at;
    act();
  };
}

/** Converts an error of the file system to one for the operator. */
export function toSigningKeysError(error: unknown, file: string): SigningKeysError {
  if (error instanceof SigningKeysError) return error;
  if (hasCode(error, 'EACCES') || hasCode(error, 'EPERM')) {
    const toDo = 'run Gatehouse as its owner, or give the file to this user with chown';
    return new SigningKeysError(`this user may not access ${file}; ${toDo}`, { cause: error });
  }
  const problem = hasCode(error, 'ENOENT') ? 'does not exist' : 'cannot be used';
  return new SigningKeysError(`the file ${file} ${problem}`, { cause: error });
}
