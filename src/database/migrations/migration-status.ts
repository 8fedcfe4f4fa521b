import type { MigrationAccess } from '../connection.ts';
import { type Migration, matchesChecksum } from './migration-files.ts';

/** The comparison of the folder's migrations with those recorded in the database. Each name once, oldest first. */
export interface MigrationStatus {
  /** Applied, and unchanged in the folder. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Started but not finished by Prisma's own command: failed, or in progress. */
  readonly failed: readonly string[];
  /** Applied, but the script in the folder has changed since. */
  readonly edited: readonly string[];
  /** Applied by a newer version, and marked as compatible with older ones. */
  readonly newer: readonly string[];
  /** Applied, but not in the folder and not marked as compatible: this version may not work with the database. */
  readonly unknown: readonly string[];
  /** The version that the unknown migrations need, if it is recorded. */
  readonly neededVersion: string | undefined;
}

/** A row of Prisma's own table. A migration that was rolled back manually can have several. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

/** The note that a newer version recorded about one of its migrations. */
export interface RecordedNote {
  readonly name: string;
  readonly isBreaking: boolean;
  readonly version: string;
}

/** Reads the database's record and compares it with `migrations`. Changes nothing. */
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

/** Reads the notes that newer versions recorded about their migrations. */
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

/** Whether the table of notes exists. Gatehouse's first migration creates it. */
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
    // Names sort by time: the newest version applied the last one.
    neededVersion: notes.findLast(({ name }) => name === unknown.at(-1))?.version,
  };
}
