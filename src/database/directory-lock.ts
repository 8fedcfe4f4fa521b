import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../errors.ts';
import { isAlive, ownName, parseHolder, placeOfThisProcess } from './lock-holder.ts';

/** The folder is already in use, by another process or by this one. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
  readonly directory: string;
  readonly pid: number;
  /** The host of the holder, if it is another one. `pid` is an id on that host. */
  readonly host: string | undefined;

  /** @param holder.file the lock file, if it is not the usual one. */
  constructor(directory: string, { pid, host, file = join(directory, lockFile) }: LockHolder) {
    const holder = describeHolder({ pid, host });
    super(
      `The data folder ${directory} is in use by ${holder}, and an embedded database serves one process at a ` +
        'time. Stop that process, choose another folder, or use a PostgreSQL server. If that process has ' +
        `already ended, delete ${file}.`,
    );
    this.directory = directory;
    this.pid = pid;
    this.host = host;
  }
}

interface LockHolder {
  readonly pid: number;
  readonly host?: string | undefined;
  readonly file?: string;
}

/** Describes the holder of a folder in messages. */
export const describeHolder = ({ pid, host }: Pick<DataDirectoryInUseError, 'pid' | 'host'>) =>
  host === undefined ? `process ${pid}` : `process ${pid} on the host ${host}`;

/** A system error prevents the use of the folder. */
class DataDirectoryUnusableError extends Error {
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

/** Descriptions of a path's problem by the code of the system error. */
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
  /** Unlocks the folder. A second call does nothing. */
  release(): Promise<void>;
}

/** The name of the lock file in the folder. It contains the name of the holding process. */
export const lockFile = 'gatehouse.lock';

/** A round is repeated only if another process has just released or acquired the lock. */
const maxRounds = 100;

/**
 * Locks `directory` for this process. Creates it with mode 0700 when it is missing.
 *
 * The lock of a process that has ended, also by SIGKILL, is taken over. A process on another host cannot be examined:
 * its lock is valid until it is released or deleted. The file system must support hard links.
 *
 * @param place where this process runs; see `placeOfThisProcess`.
 * @throws {DataDirectoryInUseError | DataDirectoryUnusableError}
 */
export async function lockDirectory(
  directory: string,
  place = placeOfThisProcess(),
): Promise<DirectoryLock> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await takeLock(directory, ownName(place));
  } catch (error) {
    const isOfSystem = error instanceof Error && 'syscall' in error;
    throw isOfSystem ? new DataDirectoryUnusableError(directory, error) : error;
  }
}

async function takeLock(directory: string, own: string): Promise<DirectoryLock> {
  const path = join(directory, lockFile);
  const draft = `${path}.${randomUUID()}`;
  // `link` is atomic and never replaces an existing file.
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 });
  try {
    for (let round = 0; round < maxRounds; round += 1) {
      if (await tryLink(draft, path)) return { release: () => release(path, own) };
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (isAlive(holder, own)) throw new DataDirectoryInUseError(directory, holderOf(holder, own));
      await removeDead({ directory, path, draft, holder }, own);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new Error(
    `The data folder ${directory} could not be locked: its lock file keeps changing.`,
  );
}

interface DeadLock {
  readonly directory: string;
  readonly path: string;
  /** A file with the name of this process. */
  readonly draft: string;
  readonly holder: string;
}

/**
 * Removes the lock of a dead holder. One process at a time does that: another could remove the lock of the first
 * successor.
 */
async function removeDead(
  { directory, path, draft, holder }: DeadLock,
  own: string,
): Promise<void> {
  const claim = `${path}.takeover`;
  if (!(await tryLink(draft, claim))) {
    const other = await readHolder(claim);
    if (other === undefined) return;
    throw new DataDirectoryInUseError(directory, { ...holderOf(other, own), file: claim });
  }
  try {
    if ((await readHolder(path)) === holder) await rm(path);
  } finally {
    await rm(claim, { force: true });
  }
}

/** Creates a link. Returns false when the file already exists. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Reads a lock file. Returns undefined when it was removed. */
async function readHolder(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Returns the process of a name, and its host if it is another one. */
function holderOf(name: string, own: string): Pick<DataDirectoryInUseError, 'pid' | 'host'> {
  const { pid, host } = parseHolder(name);
  return { pid, host: host === parseHolder(own).host ? undefined : host };
}

async function release(path: string, own: string): Promise<void> {
  if ((await readHolder(path)) === own) await rm(path);
}
