import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Another process, or another part of this one, uses the folder. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
  readonly directory: string;
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `The data folder ${directory} is in use by process ${pid}, and an embedded database serves one ` +
        'process at a time. Stop that process, choose another folder, or use a PostgreSQL server. ' +
        `If process ${pid} is some other program, delete ${join(directory, LOCK_FILE)}.`,
    );
    this.directory = directory;
    this.pid = pid;
  }
}

export interface DirectoryLock {
  /** Gives up the folder. A second call does nothing. */
  release(): Promise<void>;
}

const LOCK_FILE = 'gatehouse.lock';
/** Every round ends with the lock taken, with an error, or with somebody's stale lock removed. */
const MAX_ROUNDS = 20;

/**
 * Takes `directory` for this process; makes it, for its owner alone (0700), when absent.
 *
 * The lock is a file that names its holder, put in place by `link`: atomic, with its content. The
 * lock of a process that is gone, by SIGKILL too, is taken over at once. Not for network folders:
 * a process of another machine looks like one that is gone.
 *
 * @throws {DataDirectoryInUseError}
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, LOCK_FILE);
  const own = holderOf(process.pid);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (await place(path, own)) return { release: () => release(path, own) };
    const holder = await contentOf(path);
    if (holder === undefined) continue;
    if (isHeld(holder, own)) throw new DataDirectoryInUseError(directory, pidOf(holder));
    await removeStale(path, holder);
  }
  throw new DataDirectoryInUseError(directory, pidOf((await contentOf(path)) ?? own));
}

/** A process id comes back after a restart (in a container often): the start time tells them apart. */
const holderOf = (pid: number) => `${pid} ${performance.timeOrigin}\n`;
const pidOf = (holder: string) => Number.parseInt(holder, 10);

/** Puts a lock with `content` in place; false when there is one. */
async function place(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isHeld(holder: string, own: string): boolean {
  const pid = pidOf(holder);
  if (pid === process.pid) return holder === own;
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH'); // EPERM: alive, of another user
  }
}

/** Moves the lock of `stale` away. When another starter has replaced it meanwhile, puts that back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  try {
    if ((await contentOf(moved)) !== stale) await link(moved, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(moved, { force: true });
  }
}

async function release(path: string, own: string): Promise<void> {
  if ((await contentOf(path)) === own) await rm(path, { force: true });
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
