import type { MigrationAccess } from './connection.ts';
import { type Migration, matchesChecksum } from './migration-files.ts';

/** The folder's migrations against those that the database has recorded. Names only, oldest first. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Begun in the database, but not finished: it failed, or another process is at it now. */
  readonly failed: readonly string[];
  /** Applied, but its script in the folder is another one now. */
  readonly edited: readonly string[];
  /** Applied, but not in the folder: the database belongs to a newer version. */
  readonly unknown: readonly string[];
}

/** A row of Prisma's own table. A migration that was rolled back by hand may have several. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

/** Compares the database's own record with `migrations`. Changes nothing. */
export async function readStatus(
  access: MigrationAccess,
  schema: string,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  return compare(migrations, await readRecords(access, `"${schema}"._prisma_migrations`));
}

async function readRecords(
  access: MigrationAccess,
  table: string,
): Promise<readonly MigrationRecord[]> {
  const [found] = await access.query<{ exists: boolean }>(
    `SELECT to_regclass('${table}') IS NOT NULL AS "exists"`,
  );
  if (found?.exists !== true) return [];
  return access.query<MigrationRecord>(
    `SELECT migration_name AS "name", checksum, finished_at IS NOT NULL AS "isFinished"
     FROM ${table} WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
}

/** Compares a database's record with `migrations`. Pure. */
export function compare(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
): MigrationStatus {
  const inFolder = new Map(migrations.map(({ name, script }) => [name, script]));
  const recorded = new Set(records.map(({ name }) => name));
  const finished = records.filter(({ isFinished }) => isFinished);
  const isEdited = ({ name, checksum }: MigrationRecord) => {
    const script = inFolder.get(name);
    return script !== undefined && !matchesChecksum(script, checksum);
  };
  const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name);
  return {
    applied: names(finished),
    pending: names(migrations.filter(({ name }) => !recorded.has(name))),
    failed: names(records.filter(({ isFinished }) => !isFinished)),
    edited: names(finished.filter(isEdited)),
    unknown: names(finished.filter(({ name }) => !inFolder.has(name))),
  };
}
