import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

/** The major version of PostgreSQL in PGlite, as in `PG_VERSION`. It cannot read the files of other versions. */
export const embeddedVersion = '18';

/** Why an embedded database cannot be opened, and how to solve it. */
export interface FolderProblem {
  readonly found: string;
  readonly advice: string;
}

/** The files of the embedded database cannot be used. */
export class EmbeddedFolderError extends Error {
  override readonly name = 'EmbeddedFolderError';
  readonly problem: FolderProblem;

  constructor(folder: string, problem: FolderProblem, options?: ErrorOptions) {
    const { found, advice } = problem;
    const message = `The embedded database in ${folder} cannot be opened: ${found}. To do: ${advice}.`;
    super(message, options);
    this.problem = problem;
  }
}

const damaged = (found: string): FolderProblem => ({
  found,
  advice:
    'restore a backup of DATA_DIR. To begin with an empty database instead, move the folder away, or set ' +
    'another DATA_DIR',
});

/** The problem when PostgreSQL stops while it opens the files, which it does without a reason. */
export const unreadableFiles = damaged('PostgreSQL cannot read its files, which may be damaged');

/** Only initdb creates these folders. Copies that omit empty folders lack some of them. */
const requiredFolders = [
  ...['base', 'base/1', 'base/5', 'global', 'pg_commit_ts', 'pg_dynshmem', 'pg_logical'],
  ...['pg_logical/mappings', 'pg_logical/snapshots', 'pg_multixact', 'pg_multixact/members'],
  ...['pg_multixact/offsets', 'pg_notify', 'pg_replslot', 'pg_serial', 'pg_snapshots', 'pg_stat'],
  ...['pg_stat_tmp', 'pg_subtrans', 'pg_tblspc', 'pg_twophase', 'pg_wal', 'pg_xact'],
];
const requiredFiles = [
  ...['postgresql.conf', 'pg_hba.conf', 'global/pg_control', 'global/pg_filenode.map'],
  ...['base/5/PG_VERSION', 'base/5/pg_filenode.map'],
];
const controlFileBytes = 8_192;
const walSegmentBytes = 16 * 1024 * 1024;
const walSegmentName = /^[\dA-F]{24}$/;

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
 * Checks that an occupied folder contains the files that PostgreSQL needs. Otherwise PostgreSQL would modify files and
 * then stop without a reason. Changes nothing, and does not check the contents of tables.
 *
 * @throws {EmbeddedFolderError}
 */
export function requireSoundFolder(folder: string): void {
  const problem = findProblem(folder);
  if (problem !== undefined) throw new EmbeddedFolderError(folder, problem);
}

function findProblem(folder: string): FolderProblem | undefined {
  if (!statSync(folder).isDirectory()) return damaged('it is a file, not a folder');
  const denied = findDenied(folder);
  if (denied !== undefined) return denied;
  return findOtherVersion(folder) ?? findMissing(folder) ?? findCutOff(folder);
}

function findDenied(folder: string): FolderProblem | undefined {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      accessSync(join(folder, name), constants.R_OK | constants.W_OK);
    }
    return undefined;
  } catch (error) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : folder;
    return {
      found: `this user may not read and write ${path}`,
      advice:
        'run Gatehouse as the owner of the folder, or give the folder to this user with chown',
    };
  }
}

function findOtherVersion(folder: string): FolderProblem | undefined {
  const file = join(folder, 'PG_VERSION');
  if (!existsSync(file)) return damaged('it contains files, but PG_VERSION is missing');
  const version = readFileSync(file, 'utf8').trim();
  if (version === embeddedVersion) return undefined;
  if (!/^[\d.]{1,6}$/.test(version)) return damaged('PG_VERSION contains no version');
  return {
    found: `its files are of PostgreSQL ${version}, and this release contains PostgreSQL ${embeddedVersion}`,
    advice:
      'use the release of Gatehouse that made it, or set another DATA_DIR to begin with an empty database',
  };
}

function findMissing(folder: string): FolderProblem | undefined {
  const isFolder = (name: string) =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory();
  const missing = [
    ...requiredFolders.filter((name) => isFolder(name) !== true),
    ...requiredFiles.filter((name) => isFolder(name) !== false),
  ];
  if (missing.length > 0) return damaged(`${missing.join(', ')} missing`);
  return walSegments(folder).length === 0 ? damaged('pg_wal is empty') : undefined;
}

function findCutOff(folder: string): FolderProblem | undefined {
  const sizes = [
    { name: 'global/pg_control', bytes: controlFileBytes },
    ...walSegments(folder).map((name) => ({ name, bytes: walSegmentBytes })),
  ];
  const wrong = sizes.find(({ name, bytes }) => statSync(join(folder, name)).size !== bytes);
  return wrong === undefined
    ? undefined
    : damaged(`${wrong.name} is not ${wrong.bytes} bytes long`);
}

const walSegments = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'pg_wal'))
    .filter((name) => walSegmentName.test(name))
    .map((name) => join('pg_wal', name));

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
