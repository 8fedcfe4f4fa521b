import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type KeySet, parseKeySet, SigningKeysError } from './signing-key-set.ts';
import { createSigningKeys, generateSigningKeys, type SigningKeys } from './signing-keys.ts';

export interface SigningKeysFile {
  readonly file: string;
  /** Whether a missing file is made, with one new key. */
  readonly createIfMissing: boolean;
  /** Where this runs, if not told otherwise. Windows has no mode bits to check. */
  readonly platform?: NodeJS.Platform | undefined;
  readonly now: () => Date;
}

export interface LoadSigningKeysOptions extends SigningKeysFile {
  /** How long an access token lives. */
  readonly lifetimeSeconds: number;
  /** Told when another set has been read, and the names of its keys. */
  readonly onChange: (kids: readonly string[]) => void;
  /** Told, once for each problem, that the file cannot be used. The set that was read before stays. */
  readonly onProblem: (problem: SigningKeysError) => void;
}

/**
 * The file is looked at when its keys are used, at most so often. No timer, and no `fs.watch`: it
 * misses mounts that swap a symbolic link, as those of Kubernetes do.
 */
const lookEveryMs = 1000;

/**
 * Loads the key set from a file, and makes the file first when it is missing and may be made.
 * Processes that start at once end up with the same keys. A file that changes later is read again: its
 * keys count within a second, and at once when a token names a key that is not known yet (but once a
 * second at most, so that false names cost nothing).
 *
 * @throws {SigningKeysError} if the file is missing, unreadable, wrong, or open to other users.
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

/** Reads the file; `look` reads it again when it has changed, `current` is the last set that was right. */
function followKeyFile(options: LoadSigningKeysOptions) {
  const { file, platform, onChange, onProblem } = options;
  // First the version: a change between the two is then noticed at the next look.
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

/** Makes a missing key file, with one new key; leaves one that is there. @throws {SigningKeysError} */
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
 * Reads a key file. Synchronous, so that a token need not wait behind password hashes in the thread
 * pool; the file is small, and on a local disk or in memory.
 *
 * @throws {SigningKeysError} if the file is missing, unreadable, wrong, or open to other users.
 */
export function readKeySet(file: string, platform: NodeJS.Platform = process.platform): KeySet {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const found = fstatSync(descriptor);
      // Its mode would otherwise be found wrong: a directory is usually open to others.
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

/** Who may open a file: its mode bits, and the user whose it is. */
export interface FileAccess {
  readonly mode: number;
  readonly ownerId: number;
}

const othersBits = 0o077;
const groupReadBit = 0o040;
const root = 0;

/**
 * Whether others than its owner may open the file. The group may read a file of root: that is how root
 * hands a secret to a service (`root:gatehouse 0640`), and how Kubernetes does with `fsGroup`.
 */
export const isOpenToOthers = ({ mode, ownerId }: FileAccess): boolean =>
  (mode & (ownerId === root ? othersBits & ~groupReadBit : othersBits)) !== 0;

function requirePrivate(file: string, access: FileAccess): void {
  if (!isOpenToOthers(access)) return;
  throw new SigningKeysError(`other users can read or write ${file}; run: chmod 600 '${file}'`);
}

/**
 * Puts a whole file in place or leaves the one that is there: `link` is atomic and, unlike
 * `rename`, never replaces the file of a process that was faster.
 */
async function createKeyFile(file: string, madeAt: Date): Promise<void> {
  const text = generateSigningKeys(madeAt);
  // Named for the new key, so that no other process writes to the same file.
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

/** What changes with every change of a file, be it written, replaced, or a link that leads elsewhere. */
function versionOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined
    ? 'missing'
    : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

const kidsOf = ({ keys }: KeySet): readonly string[] => keys.map(({ kid }) => kid);

/** Calls `act`, but again only once `everyMs` have passed or the clock was set back. */
function atMostEvery(everyMs: number, now: () => Date, act: () => void): () => void {
  let lastAt: number | undefined;
  return () => {
    const at = now().getTime();
    if (lastAt !== undefined && at >= lastAt && at < lastAt + everyMs) return;
    lastAt = at;
    act();
  };
}

/** What went wrong with the file, for the operator. */
export function toSigningKeysError(error: unknown, file: string): SigningKeysError {
  if (error instanceof SigningKeysError) return error;
  if (hasCode(error, 'EACCES') || hasCode(error, 'EPERM')) {
    const toDo = 'run Gatehouse as its owner, or give the file to this user with chown';
    return new SigningKeysError(`this user may not access ${file}; ${toDo}`, { cause: error });
  }
  const problem = hasCode(error, 'ENOENT') ? 'does not exist' : 'cannot be used';
  return new SigningKeysError(`the file ${file} ${problem}`, { cause: error });
}

/** Whether the system reports this, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
