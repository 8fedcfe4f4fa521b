import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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
/** Every round ends with the lock taken, with an error, or because another process moved on. */
const MAX_ROUNDS = 100;

/**
 * Takes `directory` for this process; makes it, for its owner alone (0700), when absent.
 *
 * The lock is a file that names its holder. The lock of a process that is gone, by SIGKILL too, is
 * taken over at once, and by one process alone: a dead holder's successor is named in a file of its
 * own, which is made once, and never by renaming or removing what another may have made meanwhile.
 * The holder is the end of that chain; it then puts its own name at the start.
 *
 * Not for network folders: a process of another machine looks like one that is gone.
 *
 * @throws {DataDirectoryInUseError}
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, LOCK_FILE);
  const own = `${process.pid}-${performance.timeOrigin}`; // an id comes back; with its start time, never
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const last = await endOfChain(path);
    if (last.holder !== undefined && isAlive(last.holder, own)) {
      throw new DataDirectoryInUseError(directory, pidOf(last.holder));
    }
    if (!(await place(last.next, own))) continue;
    // Looked at again: the chain may have begun anew while this one added to its old end.
    if ((await endOfChain(path)).holder === own) {
      await beginChain(directory, path, own);
      return { release: () => release(path, own) };
    }
    await rm(last.next, { force: true });
  }
  throw new Error(`The data folder ${directory} could not be locked: its lock keeps changing.`);
}

interface ChainEnd {
  /** Who holds the lock, or held it last. Undefined: nobody, and there is no lock. */
  readonly holder: string | undefined;
  /** The file that names the next holder. */
  readonly next: string;
}

async function endOfChain(path: string): Promise<ChainEnd> {
  let end: ChainEnd = { holder: undefined, next: path };
  for (;;) {
    const holder = await contentOf(end.next);
    if (holder === undefined) return end;
    end = { holder, next: successorFile(path, holder) };
  }
}

const successorFile = (path: string, holder: string) =>
  `${path}.after-${holder.replaceAll(/[^0-9.-]/g, '')}`;

const draftFile = (path: string) => join(dirname(path), `gatehouse.draft-${randomUUID()}`);

/** Puts `own`, the end of the chain, at its start, and removes the rest: nobody reads that any more. */
async function beginChain(directory: string, path: string, own: string): Promise<void> {
  const draft = draftFile(path);
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 });
  await rename(draft, path);
  const names = await readdir(directory);
  const rest = names.filter((name) => name.startsWith(`${LOCK_FILE}.after-`));
  await Promise.all(rest.map((name) => rm(join(directory, name), { force: true })));
}

const pidOf = (holder: string) => Number.parseInt(holder, 10);

/** Makes the file at `path` with `content`, both in one step; false when there is one. */
async function place(path: string, content: string): Promise<boolean> {
  const draft = draftFile(path);
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

function isAlive(holder: string, own: string): boolean {
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

async function release(path: string, own: string): Promise<void> {
  if ((await contentOf(path)) === own) await rm(path, { force: true });
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
