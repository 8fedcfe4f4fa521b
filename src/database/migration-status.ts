import type { MigrationAccess } from './connection.ts';
import { type Migration, matchesChecksum } from './migration-files.ts';

/** The folder's migrations against those that the database has recorded. Each name once, oldest first. */
export interface MigrationStatus {
  /** Applied, in the folder, and as they were. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Begun in the database, but not finished: it failed, or another process is at it now. */
  readonly failed: readonly string[];
  /** Applied, but its script in the folder is another one now. */
  readonly edited: readonly string[];
  /** Applied by a newer version, which says that it breaks no older one. */
  readonly newer: readonly string[];
  /** Applied, but not in the folder: the database belongs to a newer version, and this one may not work with it. */
  readonly unknown: readonly string[];
  /** The version that the unknown ones need, as far as it is known. */
  readonly neededVersion: string | undefined;
}

/** A row of Prisma's own table. A migration that was rolled back by hand may have several. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

/** What a newer version has written down of one of its migrations. */
export interface RecordedNote {
  readonly name: string;
  readonly isBreaking: boolean;
  readonly version: string;
}

/** Compares the database's own record with `migrations`. Changes nothing. */
export async function readStatus(
  access: MigrationAccess,
  schema: string,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  const records = await readRecords(access, `"${schema}"._prisma_migrations`);
  const inFolder = new Set(migrations.map(({ name }) => name));
  const isAhead = records.some(({ name }) => !inFolder.has(name));
  return compare(migrations, records, isAhead ? await readNotes(access, schema) : []);
}

/** What newer versions have written down of their migrations. */
async function readNotes(
  access: MigrationAccess,
  schema: string,
): Promise<readonly RecordedNote[]> {
  if (!(await exists(access, NOTES_TABLE))) return [];
  const notes = await access.query<RecordedNote & { readonly schema: string }>(
    `SELECT schema, name, is_breaking AS "isBreaking", version FROM ${NOTES_TABLE}`,
  );
  return notes.filter((note) => note.schema === schema);
}

const exists = async (access: MigrationAccess, table: string): Promise<boolean> => {
  const [found] = await access.query<{ exists: boolean }>(
    `SELECT to_regclass('${table}') IS NOT NULL AS "exists"`,
  );
  return found?.exists === true;
};

/** Whether there is the table of notes yet: Gatehouse's first migration makes it. */
export const hasNotes = (access: MigrationAccess): Promise<boolean> => exists(access, NOTES_TABLE);

const NOTES_TABLE = 'gatehouse.migration_notes';

async function readRecords(
  access: MigrationAccess,
  table: string,
): Promise<readonly MigrationRecord[]> {
  if (!(await exists(access, table))) return [];
  return access.query<MigrationRecord>(
    `SELECT migration_name AS "name", checksum, finished_at IS NOT NULL AS "isFinished"
     FROM ${table} WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
}

/** Compares a database's record with `migrations`. Pure. */
export function compare(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
  notes: readonly RecordedNote[] = [],
): MigrationStatus {
  const inFolder = new Map(migrations.map(({ name, script }) => [name, script]));
  const recorded = new Set(records.map(({ name }) => name));
  const finished = records.filter(({ isFinished }) => isFinished);
  const isUnchanged = ({ name, checksum }: MigrationRecord) =>
    matchesChecksum(inFolder.get(name) ?? '', checksum);
  const known = finished.filter(({ name }) => inFolder.has(name));
  const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name);
  const ahead = names(finished.filter(({ name }) => !inFolder.has(name)));
  const harmless = new Set(names(notes.filter(({ isBreaking }) => !isBreaking)));
  const unknown = ahead.filter((name) => !harmless.has(name));
  return {
    applied: names(known.filter(isUnchanged)),
    pending: names(migrations.filter(({ name }) => !recorded.has(name))),
    failed: names(records.filter(({ isFinished }) => !isFinished)),
    edited: names(known.filter((record) => !isUnchanged(record))),
    newer: ahead.filter((name) => harmless.has(name)),
    unknown,
    // Names sort by time: the last one was applied by the newest version.
    neededVersion: notes.findLast(({ name }) => name === unknown.at(-1))?.version,
  };
}
