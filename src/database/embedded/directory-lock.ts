import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { NamedError } from '../../error-pages.ts';
import { hasCode } from '../../errors.ts';

/** A process that has the folder open. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** The folder is already in use, by another process or by this one. */
export class DataDirectoryInUseError extends NamedError {
  override readonly name = 'DataDirectoryInUseError';
  /** The process that uses it, and its host. */
  readonly holder: string;

  constructor(directory: string, { pid, host }: Holder) {
    const holder = `process ${pid} on the host ${host}`;
    super(
      'data-folder-in-use',
      `The data folder ${directory} is in use by ${holder}, and an embedded database serves one process at a ` +
        'time. Stop that process, choose another folder, or use a PostgreSQL server. If that process has ' +
        `ended, or its id belongs to another process now, delete ${join(directory, lockFile)}.`,
    );
    this.holder = holder;
  }
}

class DataDirectoryUnusableError extends NamedError {
  override readonly name = 'DataDirectoryUnusableError';

  constructor(directory: string, cause: Error) {
    const path = 'path' in cause ? String(cause.path) : directory;
    const reason = 'code' in cause ? reasons[String(cause.code)] : undefined;
    const found = reason?.(path) ?? cause.message;
    super(
      'data-folder-unusable',
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

/** The name of the lock file in the folder. Each line of it is a process that wanted the lock, in order of arrival. */
export const lockFile = 'gatehouse.lock';

/** A round is repeated only if another process has just released the lock. */
const maxRounds = 100;

/**
 * Locks `directory` for this process. Creates it with mode 0700 when it is missing.
 *
 * The lock of a process that has ended, also by SIGKILL, is taken over. A process on another host cannot be examined:
 * its lock is valid until it is released or deleted.
 *
 * @param host the name of this host. Process ids are compared only within one.
 * @throws {DataDirectoryInUseError | DataDirectoryUnusableError}
 */
export async function lockDirectory(directory: string, host = hostname()): Promise<DirectoryLock> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await takeLock(directory, host);
  } catch (error) {
    const isOfSystem = error instanceof Error && 'syscall' in error;
    throw isOfSystem ? new DataDirectoryUnusableError(directory, error) : error;
  }
}

/**
 * Adds a line for this call, and reads which line is the first of a running process: it has the lock. Appended lines
 * keep their order, also between processes (POSIX, `write` with O_APPEND), so all of them read the same first line.
 * Another call withdraws its line, or it would have the lock when the first process is killed. Only the process that
 * has the lock removes the file.
 */
async function takeLock(directory: string, host: string): Promise<DirectoryLock> {
  const path = join(directory, lockFile);
  const own = `${process.pid} ${performance.timeOrigin} ${randomUUID()} ${host}`;
  const withdrawn = (line: string) => `-${line}`;
  // The leading newline ends a line that a power failure has cut off.
  const add = (line: string) => appendFile(path, `\n${line}\n`, { mode: 0o600 });
  for (let round = 0; round < maxRounds; round += 1) {
    const lines = await readLines(path);
    const holder = lines.find((line) => mayRun(line, host) && !lines.includes(withdrawn(line)));
    if (holder === own) return { release: () => release(path, own) };
    if (holder !== undefined) {
      if (lines.includes(own)) await add(withdrawn(own));
      throw new DataDirectoryInUseError(directory, parseHolder(holder));
    }
    await add(own);
  }
  throw new NamedError(
    'data-folder-in-use',
    `The data folder ${directory} could not be locked: its lock file keeps changing.`,
  );
}

/** Reads the lines of a lock file. A file that is missing has none. */
async function readLines(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function parseHolder(line: string): Holder & { readonly startedAt: string } {
  const [pid, startedAt = '', , ...host] = line.split(' ');
  return { pid: Number(pid), startedAt, host: host.join(' ') };
}

/**
 * Whether the process of a line may be running. One on another host counts as running. An earlier process can have had
 * the id of this one: in containers it is often the same.
 */
function mayRun(line: string, thisHost: string): boolean {
  const { pid, startedAt, host } = parseHolder(line);
  if (!(pid > 0) || host === '') return false; // incomplete or withdrawn
  if (host !== thisHost) return true;
  if (pid === process.pid) return startedAt === String(performance.timeOrigin);
  try {
    process.kill(pid, 0); // signal 0 only checks
    return true;
  } catch (error) {
    // EPERM: a process of another user.
    return !hasCode(error, 'ESRCH');
  }
}

async function release(path: string, own: string): Promise<void> {
  if ((await readLines(path)).includes(own)) await rm(path);
}
