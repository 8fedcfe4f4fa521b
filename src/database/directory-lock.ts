import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as waitFor } from 'node:timers/promises';
import {
  beginChain,
  type ChainEnd,
  endOfChain,
  hasChanged,
  lockFile,
  makeLink,
  removeOwnLink,
  touchChain,
} from './lock-chain.ts';
import { hostOf, isAlive, ownName, parseHolder, placeOfThisProcess } from './lock-holder.ts';

/** Another process, or another part of this one, uses the folder. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
  readonly directory: string;
  readonly pid: number;
  /** The host of a holder in another container or machine, where `pid` has its meaning. */
  readonly host: string | undefined;

  constructor(directory: string, { pid, host }: { pid: number; host?: string | undefined }) {
    super(
      `The data folder ${directory} is in use by ${describeHolder({ pid, host })}, and an embedded ` +
        'database serves one process at a time. Stop that process, choose another folder, or use a ' +
        'PostgreSQL server. ' +
        (host === undefined
          ? `If process ${pid} is another program, delete ${join(directory, lockFile)}.`
          : `Once that process has ended, the folder is released within ${watchMs / 1000} s.`),
    );
    this.directory = directory;
    this.pid = pid;
    this.host = host;
  }
}

/** Who holds a folder, for people. */
export const describeHolder = ({ pid, host }: Pick<DataDirectoryInUseError, 'pid' | 'host'>) =>
  host === undefined
    ? `process ${pid}`
    : `process ${pid} of the container or machine with the host name ${host}`;

/** This process was held up for so long that another one has taken its folder. */
export class DataDirectoryLostError extends Error {
  override readonly name = 'DataDirectoryLostError';

  constructor(directory: string) {
    super(
      `The data folder ${directory} no longer belongs to this process: its lock was removed, or this process ` +
        `was paused for ${watchMs / 1000} s and another process elsewhere took over the folder.`,
    );
  }
}

/** The system does not let this process use the folder. */
export class DataDirectoryUnusableError extends Error {
  override readonly name = 'DataDirectoryUnusableError';

  constructor(directory: string, cause: Error) {
    const path = 'path' in cause ? String(cause.path) : directory;
    const reason = 'code' in cause ? reasons[String(cause.code)] : undefined;
    const found = reason?.(path) ?? cause.message;
    super(
      `The data folder ${directory} cannot be used: ${found}. Correct this, or set another DATA_DIR.`,
      { cause },
    );
  }
}

const isFile = () => 'it, or a folder above it, is a file';
const isDenied = (path: string) => `this user has no permission for ${path}`;

/** What is told of a path, by the code of the system's error. */
const reasons: Readonly<Record<string, (path: string) => string>> = {
  EEXIST: isFile,
  ENOTDIR: isFile,
  EACCES: isDenied,
  EPERM: isDenied,
  EROFS: () => 'it is read-only',
  ENOSPC: () => 'the disk is full',
  EISDIR: () => `${lockFile} in it is a folder`,
};

export interface DirectoryLock {
  /** Gives up the folder. A second call does nothing. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** Told once when the folder is another's: nothing may be written to it from then on. */
  readonly onLost: (error: DataDirectoryLostError) => void;
  /** Where this process lives; see `placeOfThisProcess`. */
  readonly place?: string;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Repeats `work`, and returns what ends that. */
  readonly every?: (ms: number, work: () => void) => () => void;
  /** The clock that touches the lock. Others see that it moves, and do not compare it with theirs. */
  readonly now?: () => Date;
}

/** Every round ends with the lock taken, with an error, or because another process moved on. */
const maxRounds = 100;
/** How often a holder touches its lock. */
const beatMs = 2_000;
/**
 * For how long a holder elsewhere must not have touched it to count as gone. The embedded database
 * works on the thread that beats: its first start alone keeps that for 2 s on a machine at rest.
 */
const watchMs = 10_000;
const pollMs = 500;

/**
 * Takes `directory` for this process; makes it, for its owner alone (0700), when absent.
 *
 * The lock is a file that names its holder. Where the holder's process id has a meaning, the lock of a
 * process that is gone, by SIGKILL too, is taken over at once. In another container or machine it has
 * none: there a holder counts as gone when it has not touched its lock for 10 s. One process alone takes
 * over: it is the end of a chain, which begins anew with it; see `endOfChain`.
 *
 * A holder that was held up for longer hears so by `onLost` at most 2 s after it goes on: what it writes
 * in between may harm the data. The folder must be of a file system that makes links in one step.
 *
 * @throws {DataDirectoryInUseError | DataDirectoryUnusableError}
 */
export async function lockDirectory(
  directory: string,
  options: LockOptions,
): Promise<DirectoryLock> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await takeLock(directory, options);
  } catch (error) {
    const isOfSystem = error instanceof Error && 'syscall' in error;
    throw isOfSystem ? new DataDirectoryUnusableError(directory, error) : error;
  }
}

async function takeLock(directory: string, options: LockOptions): Promise<DirectoryLock> {
  const { place = placeOfThisProcess(), wait = waitFor } = options;
  const path = join(directory, lockFile);
  const own = ownName(place);
  for (let round = 0; round < maxRounds; round += 1) {
    const last = await endOfChain(path);
    const host = hostElsewhere(last, place);
    const isHeld =
      host === undefined ? livesHere(last, own) : await livesElsewhere(path, last, wait);
    if (isHeld) throw new DataDirectoryInUseError(directory, { pid: pidOf(last), host });
    if (!(await makeLink(last.next, own))) continue;
    // Looked at again: the chain may have begun anew while this one added to its old end, and a holder
    // elsewhere may go on. It touches first and looks then: one of the two sees the other, or both do.
    const isEnd = (await endOfChain(path)).holder === own;
    if (isEnd && (host === undefined || !(await hasChanged(last)))) {
      await beginChain(path, own);
      return hold({ directory, path, own, ...options });
    }
    await removeOwnLink(last.next, own);
  }
  throw new Error(
    `The data folder ${directory} could not be locked: its lock file keeps changing.`,
  );
}

const pidOf = ({ holder = '' }: ChainEnd): number => parseHolder(holder).pid;

/** The host of a holder that is in another place than `place`. */
function hostElsewhere({ holder }: ChainEnd, place: string): string | undefined {
  const itsPlace = holder === undefined ? undefined : parseHolder(holder).place;
  return itsPlace === undefined || itsPlace === place ? undefined : hostOf(itsPlace);
}

const livesHere = ({ holder }: ChainEnd, own: string): boolean =>
  holder !== undefined && isAlive(holder, own);

/** Watches until the holder touches its lock. Counts polls: a pause of this process makes none shorter. */
async function livesElsewhere(
  path: string,
  last: ChainEnd,
  wait: (ms: number) => Promise<unknown>,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < watchMs; waitedMs += pollMs) {
    await wait(pollMs);
    if (await hasChanged(last)) return (await endOfChain(path)).holder === last.holder;
  }
  return false;
}

interface Hold extends Pick<LockOptions, 'onLost' | 'every' | 'now'> {
  readonly directory: string;
  readonly path: string;
  readonly own: string;
}

/** Touches the lock until it is released or lost. */
function hold({ directory, path, own, onLost, ...clocks }: Hold): DirectoryLock {
  const { every = everyUnawaited, now = () => new Date() } = clocks;
  let isHeld = true;

  const beat = async () => {
    await touchChain(path, now());
    const { holder } = await endOfChain(path);
    if (isHeld && holder !== own) lose();
  };
  let failedBeats = 0;
  const stopBeats = every(beatMs, async () => {
    try {
      await beat();
      failedBeats = 0;
    } catch {
      // A file system may fail for a moment. After a while another one counts this holder as gone.
      failedBeats += 1;
      if (isHeld && failedBeats * beatMs >= watchMs) lose();
    }
  });
  const end = () => {
    isHeld = false;
    stopBeats();
  };
  const lose = () => {
    end();
    onLost(new DataDirectoryLostError(directory));
  };

  return {
    async release() {
      end();
      if ((await endOfChain(path)).holder === own) await removeOwnLink(path, own);
    },
  };
}

/** Keeps no process from its end. */
function everyUnawaited(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}
