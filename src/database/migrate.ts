import type { DatabaseConnection } from './connection.ts';
import { type Migration, readMigrations, toMigrationList } from './migration-files.ts';
import { BLOCKED_MARK } from './migration-scripts.ts';
import { compare, hasNotes, type MigrationStatus, readStatus } from './migration-status.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';

export type { MigrationStatus } from './migration-status.ts';

/** A history of migrations: a folder in Prisma's format, and the PostgreSQL schema that records it. */
export interface MigrationHistory {
  /** The folder `prisma/migrations`. */
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of its tables and of `_prisma_migrations`. Default: Gatehouse's own. */
  readonly schema?: string;
  /** The version of the program that the folder belongs to. Older versions name it in their error messages. */
  readonly version?: string;
}

export interface MigrationOptions extends MigrationHistory {
  readonly connection: DatabaseConnection;
}

/** The PostgreSQL schema of Gatehouse's own tables. */
export const gatehouseSchema = 'gatehouse';

/** The histories in the database and in the folder differ. Nothing was applied. */
export class MigrationHistoryError extends Error {
  override readonly name = 'MigrationHistoryError';
  readonly status: MigrationStatus;

  constructor(status: MigrationStatus) {
    super(`The database was not migrated. ${problemsOf(status).join(' ')}`);
    this.status = status;
  }
}

/** A migration's script failed, and is recorded as failed. `cause` is the database's error. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`A migration failed. ${reason}`, { cause });
  }
}

/** A migration's script was undone, because other transactions held a lock that it needs. It stays pending. */
export class MigrationBlockedError extends Error {
  override readonly name = 'MigrationBlockedError';

  constructor(names: readonly string[], cause: unknown) {
    super(
      `The migration ${names.join(', ')} needs a lock that other transactions hold. Its script was undone, and it stays pending. ` +
        'Run `gatehouse migrate` again when no long transaction runs.',
      { cause },
    );
  }
}

const DEFAULT_LOCK_TIMEOUT_MS = 60_000;

/**
 * Applies all pending migrations of the folder, and returns their names.
 *
 * Several processes may call it at the same time: one applies them, the others wait up to `lockTimeoutMs`. As long, a
 * script that other transactions block is tried again.
 * With nothing to apply it takes no lock and loads no engine, and runs two queries.
 *
 * @throws {MigrationHistoryError} when an applied migration failed, was edited, or is not in the folder and not marked
 *   as compatible with older versions.
 * @throws {MigrationFailedError} when a script fails. @throws {MigrationBlockedError | MigrationLockTimeoutError}
 */
export async function migrate(
  options: MigrationOptions & { readonly lockTimeoutMs?: number },
): Promise<readonly string[]> {
  const { connection, migrationsDirectory, schema = gatehouseSchema } = options;
  const { lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS } = options;
  const migrations = await readMigrations(migrationsDirectory);
  const before = await readStatus(connection.migrations, schema, migrations);
  if (isUpToDate(before)) return [];

  return connection.migrations.exclusively({ lockTimeoutMs, schema }, async (adapters) => {
    // Read again: another process may have been migrating before.
    const status = await readStatus(connection.migrations, schema, migrations);
    requireSound(status);
    if (isUpToDate(status)) return [];
    const recordNotes = () => writeNotes(connection, { ...options, schema }, migrations);
    // Before the migrations are applied, so that every node finds the notes.
    const hasTable = await recordNotes();
    const migrationsList = toMigrationList(migrationsDirectory, migrations);
    return withSchemaEngine(adapters, async (engine) => {
      try {
        const output = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
        if (!hasTable) await recordNotes();
        return output.appliedMigrationNames;
      } catch (cause) {
        if (!isBlocked(cause)) throw new MigrationFailedError(cause);
        const { failed } = await readStatus(connection.migrations, schema, migrations);
        for (const migrationName of failed) {
          await engine.markMigrationRolledBack({ migrationName });
        }
        throw new MigrationBlockedError(failed, cause);
      }
    });
  });
}

/** Whether the engine reports a script that was undone because other transactions held a lock. */
const isBlocked = (cause: unknown): boolean =>
  cause instanceof Error && cause.message.includes(BLOCKED_MARK);

/** Records the notes of the migrations. Returns false when their table does not exist yet. */
async function writeNotes(
  { database, migrations: access }: DatabaseConnection,
  { schema, version = 'unknown' }: Pick<Required<MigrationHistory>, 'schema'> & MigrationHistory,
  migrations: readonly Migration[],
): Promise<boolean> {
  if (!(await hasNotes(access))) return false;
  const data = migrations.flatMap(({ name, note }) =>
    note === undefined ? [] : [{ schema, name, ...note, version }],
  );
  await database.migrationNote.createMany({ data, skipDuplicates: true });
  return true;
}

/** @throws {MigrationHistoryError} when this version cannot work with the database. */
export function requireSound(status: MigrationStatus): void {
  if (problemsOf(status).length > 0) throw new MigrationHistoryError(status);
}

/** Returns the status of the migrations. Changes nothing, and takes no lock. */
export async function migrationStatus({
  connection,
  migrationsDirectory,
  schema = gatehouseSchema,
}: MigrationOptions): Promise<MigrationStatus> {
  return readStatus(connection.migrations, schema, await readMigrations(migrationsDirectory));
}

/** Returns the status for a database that does not exist yet. */
export const statusOfNone = async ({
  migrationsDirectory,
}: MigrationHistory): Promise<MigrationStatus> =>
  compare(await readMigrations(migrationsDirectory), []);

const isUpToDate = (status: MigrationStatus) =>
  status.pending.length === 0 && problemsOf(status).length === 0;

function problemsOf({
  failed,
  edited,
  unknown,
  neededVersion,
}: MigrationStatus): readonly string[] {
  const problem = (names: readonly string[], text: string) =>
    names.length === 0 ? [] : [`${text}: ${names.join(', ')}.`];
  return [
    ...problem(
      failed,
      'It contains a failed migration; repair it manually (`prisma migrate resolve`)',
    ),
    ...problem(edited, 'A migration was edited after it was applied'),
    ...problem(
      unknown,
      `It contains a migration that this version cannot work with; run ${neededVersion === undefined ? 'the version that the database was migrated to' : `version ${neededVersion}`} or later`,
    ),
  ];
}
