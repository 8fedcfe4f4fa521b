import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One folder of `prisma/migrations`. */
export interface Migration {
  /** The folder's name: `<yyyyMMddHHmmss>_<name>`, so that names sort by time. */
  readonly name: string;
  readonly script: string;
  /** The note in its first line, if any. */
  readonly note: MigrationNote | undefined;
}

/** Whether older versions cannot work with the database after the migration, and why. */
interface MigrationNote {
  readonly isBreaking: boolean;
  readonly reason: string;
}

export const SCRIPT_FILE = 'migration.sql';
export const LOCK_FILE = 'migration_lock.toml';

/** Reads all migrations, oldest first. @throws when the folder or a script is missing. */
export async function readMigrations(migrationsDirectory: string): Promise<readonly Migration[]> {
  const entries = await readdir(migrationsDirectory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(migrationsDirectory, name, SCRIPT_FILE), 'utf8');
      return { name, script, note: parseNote(script) };
    }),
  );
}

const notePattern = /^-- breaking: (yes|no) \((.+)\)\r?\n/;

/** Reads the first line of a script: `-- breaking: yes|no (reason)`. */
function parseNote(script: string): MigrationNote | undefined {
  const [line, answer, reason] = notePattern.exec(script) ?? [];
  if (line === undefined || reason === undefined) return undefined;
  return { isBreaking: answer === 'yes', reason };
}

/** Whether `script` is the applied one. As in Prisma, line endings (LF or CRLF) do not matter. */
export function matchesChecksum(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n');
  const variants = [script, unix, unix.replaceAll('\n', '\r\n')];
  return variants.some((variant) => checksumOf(variant) === checksum);
}

/** Returns the checksum of a script, as Prisma Migrate computes it. */
export const checksumOf = (script: string): string =>
  createHash('sha256').update(script).digest('hex');
