import { NamedError } from '../../error-pages.ts';
import type { DatabaseConnection } from '../connection.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { applyMigration, createHistory } from './migration-scripts.ts';
import { compare, hasNotes, type MigrationStatus, readStatus } from './migration-status.ts';

export type { MigrationStatus } from './migration-status.ts';

/** A history of migrations: a folder in Prisma's format, and the PostgreSQL schema that records it. */
export interface MigrationHistory {
  /** The folder `prisma/migrations`. */
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of its tables and of `_prisma_migrations`. Default: Gatehouse's own. */
  readonly schema?: string;
  /** The version of the program that the folder belongs to. Older versions name it in their error messages. */
  readonly version?: string;
  /** What the role of nodes may do with tables of a package beside reading them. Default: all of it. */
  readonly nodeRights?: Readonly<Record<string, readonly WriteRight[]>>;
}

type WriteRight = 'INSERT' | 'UPDATE' | 'DELETE';

/** A history that `migrate --status` shows. */
export interface OwnedHistory extends MigrationHistory {
  /** `gatehouse`, `project`, or the name of a package. */
  readonly owner: string;
}

export interface MigrationOptions extends MigrationHistory {
  readonly connection: DatabaseConnection;
  /** Called after each migration that was applied, before the next one. */
  readonly onApplied?: ((migration: Migration) => Promise<void>) | undefined;
}

/** The PostgreSQL schema of Gatehouse's own tables. */
export const gatehouseSchema = 'gatehouse';

/** The histories in the database and in the folder differ. Nothing was applied. */
export class MigrationHistoryError extends NamedError {
  override readonly name = 'MigrationHistoryError';
  readonly status: MigrationStatus;

  constructor(status: MigrationStatus) {
    super('migration-history', `The database was not migrated. ${problemsOf(status).join(' ')}`);
    this.status = status;
  }
}

const DEFAULT_LOCK_TIMEOUT_MS = 60_000;

/**
 * Applies all pending migrations of the folder, and returns their names.
 *
 * Several processes may call it at the same time: one applies them, the others wait up to `lockTimeoutMs`. As long, a
 * script that other transactions block is tried again.
 * With nothing to apply it takes no lock, and runs two queries.
 *
 * @throws {MigrationHistoryError} when an applied migration was not finished by Prisma's own command, was edited, or is
 *   not in the folder and not marked as compatible with older versions.
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

  return connection.migrations.exclusively(lockTimeoutMs, async (session) => {
    // Read again: another process may have been migrating before.
    const status = await readStatus(connection.migrations, schema, migrations);
    requireSound(status);
    if (isUpToDate(status)) return [];
    await session.run(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    await session.run(createHistory(schema));
    const recordNotes = () => writeNotes(connection, { ...options, schema }, migrations);
    // Before the migrations are applied, so that every node finds the notes.
    const hasTable = await recordNotes();
    for (const migration of migrations.filter(({ name }) => status.pending.includes(name))) {
      await applyMigration(session, { migration, migrationsDirectory, schema }, lockTimeoutMs);
      await options.onApplied?.(migration);
    }
    if (!hasTable) await recordNotes();
    return status.pending;
  });
}

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
  const problem = (names: readonly string[], text: string, advice = '') =>
    names.length === 0 ? [] : [`${text}: ${names.join(', ')}.${advice}`];
  return [
    ...problem(
      failed,
      "Prisma's own command did not finish a migration",
      ' Undo what it has applied, and mark it: `prisma migrate resolve --rolled-back`, ' +
        'or set `rolled_back_at` in its row of `_prisma_migrations`.',
    ),
    ...problem(
      edited,
      'A migration was edited after it was applied',
      ' Restore its script as it was, such as from version control, and write the change as another migration.',
    ),
    ...problem(
      unknown,
      `It contains a migration that this version cannot work with; run ${neededVersion === undefined ? 'the version that the database was migrated to' : `version ${neededVersion}`} or later`,
    ),
  ];
}
