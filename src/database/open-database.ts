import { connectDatabase, type DatabaseOptions } from './connect.ts';
import { hasEmbedded } from './connect-embedded.ts';
import type { DatabaseConnection } from './connection.ts';
import {
  type MigrationHistory,
  type MigrationOptions,
  type MigrationStatus,
  migrate,
  migrationStatus,
  requireSound,
} from './migrate.ts';

export interface OpenDatabaseOptions extends DatabaseOptions {
  /** Gatehouse's own history and the project's, in the order in which they are applied. */
  readonly histories: readonly MigrationHistory[];
  /** Whether to apply what is pending; otherwise nothing may be. */
  readonly migrates: boolean;
  /** Whether a missing embedded database is an error. Otherwise an empty one is made. */
  readonly mustExist?: boolean | undefined;
  /** Called once with the names of migrations that a newer version applied, and that this one can work with. */
  readonly onNewer?: ((names: readonly string[]) => void) | undefined;
}

/** There is no embedded database where one was looked for. */
export class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';

  constructor(dataDir: string) {
    super(`No database in ${dataDir}. Start the server once, or set DATA_DIR or DATABASE_URL.`);
  }
}

/** The database lacks migrations, and this process was told not to apply them. */
export class PendingMigrationsError extends Error {
  override readonly name = 'PendingMigrationsError';

  constructor(pending: readonly string[]) {
    super(
      `MIGRATE=off, but migrations are pending: ${pending.join(', ')}. Run \`gatehouse migrate\` first.`,
    );
  }
}

/**
 * Opens the database with every migration in place.
 *
 * @throws {NoDatabaseError | PendingMigrationsError} and what `connectDatabase` and `migrate` throw; then
 * it is closed again.
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
    throw new NoDatabaseError(dataDir);
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
 * Puts every migration in place, or makes sure that none is missing.
 *
 * @throws {PendingMigrationsError | MigrationHistoryError} and what `migrate` throws.
 */
export async function prepareDatabase({
  connection,
  histories,
  migrates,
  onNewer,
}: Pick<OpenDatabaseOptions, 'histories' | 'migrates' | 'onNewer'> &
  Pick<MigrationOptions, 'connection'>): Promise<void> {
  const newer: string[] = [];
  for (const history of histories) {
    const options = { ...history, connection };
    if (migrates) await migrate(options);
    newer.push(...(await requireMigrated(options)));
  }
  if (newer.length > 0) onNewer?.(newer);
}

/** Applies every history, and returns the names of what was applied. @throws what `migrate` throws. */
export async function migrateAll(
  connection: DatabaseConnection,
  histories: readonly MigrationHistory[],
): Promise<readonly string[]> {
  const applied: string[] = [];
  for (const history of histories) applied.push(...(await migrate({ ...history, connection })));
  return applied;
}

/** Opens the database as it is, for one piece of work. */
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

/** What `migrateAll` would find, by history. Changes nothing. */
export async function readStatuses(
  connection: DatabaseConnection,
  histories: readonly MigrationHistory[],
): Promise<readonly MigrationStatus[]> {
  const statuses: MigrationStatus[] = [];
  for (const history of histories) statuses.push(await migrationStatus({ ...history, connection }));
  return statuses;
}

/** The same, of all histories together. */
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
 * Makes sure that this version can work with the database as it is, since a server on another schema would fail in
 * the middle of its work. Returns the names of newer migrations that it can work with.
 */
async function requireMigrated(options: MigrationOptions): Promise<readonly string[]> {
  const status = await migrationStatus(options);
  if (status.pending.length > 0) throw new PendingMigrationsError(status.pending);
  requireSound(status);
  return status.newer;
}
