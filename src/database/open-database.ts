import { connectDatabase, type DatabaseOptions } from './connect.ts';
import type { DatabaseConnection } from './connection.ts';
import { type MigrationOptions, migrate, migrationStatus } from './migrate.ts';

export interface OpenDatabaseOptions extends DatabaseOptions {
  /** The folder `prisma/migrations`. */
  readonly migrationsDirectory: string;
  /** Whether to apply what is pending; otherwise nothing may be. */
  readonly migrates: boolean;
}

/** The database lacks migrations, and this process was told not to apply them. */
export class PendingMigrationsError extends Error {
  override readonly name = 'PendingMigrationsError';

  constructor(pending: readonly string[]) {
    super(
      `MIGRATE=off, and migrations are pending: ${pending.join(', ')}. Run \`npm run migrate\` first.`,
    );
  }
}

/**
 * Opens the database with every migration in place.
 *
 * @throws {PendingMigrationsError} and what `connectDatabase` and `migrate` throw; then it is closed again.
 */
export async function openDatabase({
  migrationsDirectory,
  migrates,
  ...options
}: OpenDatabaseOptions): Promise<DatabaseConnection> {
  const connection = await connectDatabase(options);
  try {
    if (migrates) await migrate({ connection, migrationsDirectory });
    else await requireMigrated({ connection, migrationsDirectory });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
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

/** A server on an older schema would fail in the middle of its work. */
async function requireMigrated(options: MigrationOptions): Promise<void> {
  const { pending } = await migrationStatus(options);
  if (pending.length > 0) throw new PendingMigrationsError(pending);
}
