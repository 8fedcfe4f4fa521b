import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NamedError } from '../../error-pages.ts';

/** The major version of PostgreSQL in PGlite, as in `PG_VERSION`. It cannot read the files of other versions. */
export const embeddedVersion = '18';

/** Why an embedded database cannot be opened, and how to solve it. */
export interface FolderProblem {
  readonly found: string;
  readonly advice: string;
}

export class EmbeddedFolderError extends NamedError {
  override readonly name = 'EmbeddedFolderError';
  readonly problem: FolderProblem;

  constructor(folder: string, problem: FolderProblem, options?: ErrorOptions) {
    const { found, advice } = problem;
    const message = `The embedded database in ${folder} cannot be opened: ${found}. To do: ${advice}.`;
    super('embedded-database-unusable', message, options);
    this.problem = problem;
  }
}

/** The problem whatever is wrong with the files: PostgreSQL stops without a reason while it opens them. */
export const unusableFiles: FolderProblem = {
  found:
    'its files are damaged, incomplete, not accessible to this user, or of another version than ' +
    `PostgreSQL ${embeddedVersion}`,
  advice:
    'start the release of Gatehouse that created it, as the owner of the folder. If this fails too, restore a ' +
    'backup of DATA_DIR. To begin with an empty database instead, move the folder away, or set another DATA_DIR',
};

/** Whether the folder of the embedded database contains anything. Only an empty one gets a new database. */
export function isOccupied(folder: string): boolean {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    return found !== undefined && (!found.isDirectory() || readdirSync(folder).length > 0);
  } catch {
    return true; // no permission to look
  }
}

/**
 * Checks that an occupied folder contains a database of this version, by its file `PG_VERSION` (PostgreSQL, Database File Layout).
 * Otherwise its files are not opened, nor overwritten by a new database. Changes nothing; PostgreSQL itself finds other
 * damage.
 *
 * @throws {EmbeddedFolderError}
 */
export function requireDatabase(folder: string): void {
  try {
    if (readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim() === embeddedVersion) return;
  } catch (cause) {
    throw new EmbeddedFolderError(folder, unusableFiles, { cause });
  }
  throw new EmbeddedFolderError(folder, unusableFiles);
}

/** The mode bits of all users but the owner. */
const othersBits = 0o077;

/** Whether users other than the owner may open the folder. Windows has no mode bits. */
export const isOpenFolder = (folder: string, platform = process.platform): boolean =>
  platform !== 'win32' &&
  ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & othersBits) !== 0;

/**
 * Sets the folder's mode to 0700, to protect the files in it: PGlite creates them with mode 0666.
 *
 * @throws {EmbeddedFolderError} when the mode cannot be changed.
 */
export function makePrivate(folder: string, platform = process.platform): void {
  if (!isOpenFolder(folder, platform)) return;
  try {
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw new EmbeddedFolderError(folder, openToOthers, { cause });
  }
  if (isOpenFolder(folder, platform)) throw new EmbeddedFolderError(folder, openToOthers);
}

const openToOthers: FolderProblem = {
  found: 'other users can access it, and its mode cannot be changed to 0700',
  advice:
    'run chmod 700 on it as its owner, or set DATA_DIR to a folder on a file system with modes',
};
