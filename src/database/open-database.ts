import { NamedError } from '../error-pages.ts';
import { connectDatabase, type DatabaseOptions } from './connect.ts';
import type { DatabaseConnection } from './connection.ts';
import { hasEmbedded } from './embedded/connect-embedded.ts';
import { requireGranted } from './migrations/grant-node.ts';
import {
  type MigrationHistory,
  type MigrationOptions,
  type MigrationStatus,
  migrate,
  migrationStatus,
  requireSound,
} from './migrations/migrate.ts';

export interface OpenDatabaseOptions extends DatabaseOptions {
  /** The histories of Gatehouse and of the project, in the order in which they are applied. */
  readonly histories: readonly MigrationHistory[];
  /** Whether to apply pending migrations. If not, a pending migration is an error. */
  readonly migrates: boolean;
  /** Whether a missing embedded database is an error. Otherwise an empty one is created. */
  readonly mustExist?: boolean | undefined;
  /** Called once with the names of migrations that a newer version applied, and that this one can work with. */
  readonly onNewer?: ((names: readonly string[]) => void) | undefined;
}

/** Migrations are pending, and this process must not apply them. */
class PendingMigrationsError extends NamedError {
  override readonly name = 'PendingMigrationsError';

  constructor(pending: readonly string[]) {
    super(
      'migrations-pending',
      `MIGRATE=off, but migrations are pending: ${pending.join(', ')}. Run \`gatehouse migrate\` first.`,
    );
  }
}

/**
 * Opens the database with all migrations applied.
 *
 * @throws when a database that must exist is missing. @throws {PendingMigrationsError} and the errors of
 *   `connectDatabase` and `migrate`. The database is then closed.
 */
export async function openDatabase({
  histories,
  migrates,
  mustExist = false,
  onNewer,
  ...options
}: OpenDatabaseOptions): Promise<DatabaseConnection> {
  const { url, dataDir } = options;
  if (mustExist && url === undefined && !hasEmbedded(dataDir)) {
    throw new NamedError(
      'no-database-chosen',
      `No database in ${dataDir}. Start the server once, or set DATA_DIR or DATABASE_URL.`,
    );
  }
  const connection = await connectDatabase(options);
  try {
    await prepareDatabase({ connection, histories, migrates, onNewer });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Applies all migrations, or checks that all are applied.
 *
 * @throws {NotGrantedError | PendingMigrationsError | MigrationHistoryError} and the errors of `migrate`.
 */
export async function prepareDatabase({
  connection,
  histories,
  migrates,
  onNewer,
}: Pick<OpenDatabaseOptions, 'histories' | 'migrates' | 'onNewer'> &
  Pick<MigrationOptions, 'connection'>): Promise<void> {
  await requireGranted(connection, histories);
  const newer: string[] = [];
  for (const history of histories) {
    const options = { ...history, connection };
    if (migrates) await migrate(options);
    newer.push(...(await requireMigrated(options)));
  }
  if (newer.length > 0) onNewer?.(newer);
}

/** Applies all histories, and returns the names of the applied migrations. @throws the errors of `migrate`. */
export async function migrateAll(
  connection: DatabaseConnection,
  histories: readonly MigrationHistory[],
): Promise<readonly string[]> {
  const applied: string[] = [];
  for (const history of histories) applied.push(...(await migrate({ ...history, connection })));
  return applied;
}

/** Opens the database without migrating it, runs `work`, and closes the database. */
export async function withDatabase<Result>(
  options: DatabaseOptions,
  work: (connection: DatabaseConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connectDatabase(options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Returns the status of each history. Changes nothing. */
export async function readStatuses(
  connection: DatabaseConnection,
  histories: readonly MigrationHistory[],
): Promise<readonly MigrationStatus[]> {
  const statuses: MigrationStatus[] = [];
  for (const history of histories) statuses.push(await migrationStatus({ ...history, connection }));
  return statuses;
}

/** Returns the joined status of all histories. Changes nothing. */
export async function statusOfAll(
  connection: DatabaseConnection,
  histories: readonly MigrationHistory[],
): Promise<MigrationStatus> {
  const statuses = await readStatuses(connection, histories);
  return {
    applied: statuses.flatMap(({ applied }) => applied),
    pending: statuses.flatMap(({ pending }) => pending),
    failed: statuses.flatMap(({ failed }) => failed),
    edited: statuses.flatMap(({ edited }) => edited),
    newer: statuses.flatMap(({ newer }) => newer),
    unknown: statuses.flatMap(({ unknown }) => unknown),
    neededVersion: statuses.find(({ neededVersion }) => neededVersion !== undefined)?.neededVersion,
  };
}

/**
 * Returns the names of newer migrations that this version can work with.
 *
 * @throws {PendingMigrationsError | MigrationHistoryError} unless all migrations of a history are applied.
 */
async function requireMigrated(options: MigrationOptions): Promise<readonly string[]> {
  const status = await migrationStatus(options);
  if (status.pending.length > 0) throw new PendingMigrationsError(status.pending);
  requireSound(status);
  return status.newer;
}
