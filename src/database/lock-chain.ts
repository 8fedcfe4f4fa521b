import { randomUUID } from 'node:crypto';
import {
  type FileHandle,
  link,
  open,
  readdir,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The name of the file at which a chain begins. */
export const lockFile = 'gatehouse.lock';

/** The last link of the chain of holders in a folder. */
export interface ChainEnd {
  /** Who holds the lock, or held it last. Undefined: nobody, and there is no lock. */
  readonly holder: string | undefined;
  /** The file that names this holder. */
  readonly file: string;
  /** When that file was last touched, by whatever clock: to be compared with itself alone. */
  readonly touched: bigint | undefined;
  /** The file that is to name the next holder. */
  readonly next: string;
}

/**
 * Follows the chain that begins at `path`: each dead holder's successor is named in a file of its own,
 * which is made once, and never by renaming or removing what another may have made meanwhile.
 */
export async function endOfChain(path: string): Promise<ChainEnd> {
  let end: ChainEnd = { holder: undefined, file: path, touched: undefined, next: path };
  for (;;) {
    const file = end.next;
    const link = await readLink(file);
    if (link === undefined) return end;
    end = { ...link, file, next: successorFile(path, link.holder) };
  }
}

/** Whether the file at which a chain ended has been touched since, or is gone. */
export async function hasChanged({ file, holder, touched }: ChainEnd): Promise<boolean> {
  const link = await readLink(file);
  return link?.holder !== holder || link?.touched !== touched;
}

/** Cut, for what a file may be called: the process comes first, and is enough to tell holders apart. */
const successorFile = (path: string, holder: string) =>
  `${path}.after-${encodeURIComponent(holder).slice(0, 200)}`;

const draftFile = (path: string) => join(dirname(path), `gatehouse.draft-${randomUUID()}`);

/** Puts `own`, the end of the chain, at its start, and removes the rest: nobody reads that any more. */
export async function beginChain(path: string, own: string): Promise<void> {
  const directory = dirname(path);
  const draft = draftFile(path);
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 });
  await rename(draft, path);
  const names = await readdir(directory);
  const rest = names.filter((name) => name.startsWith(`${lockFile}.after-`));
  await Promise.all(rest.map((name) => rm(join(directory, name), { force: true })));
}

/** Makes the file at `path` with `content`, both in one step; false when there is one. */
export async function makeLink(path: string, content: string): Promise<boolean> {
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

/** Removes a file that names `own`; one that another has put in its place meanwhile is left alone. */
export async function removeOwnLink(file: string, own: string): Promise<void> {
  if ((await readLink(file))?.holder === own) await rm(file, { force: true });
}

/** Shows whoever watches the chain that its holder lives. A chain that is gone is left alone. */
export async function touchChain(path: string, at: Date): Promise<void> {
  try {
    await utimes(path, at, at);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

async function readLink(file: string) {
  let handle: FileHandle | undefined;
  try {
    // Opened anew each time: a network folder may answer `stat` of a path from memory, but not this.
    handle = await open(file);
    const { mtimeNs: touched } = await handle.stat({ bigint: true });
    return { holder: await handle.readFile('utf8'), touched };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
