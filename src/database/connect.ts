import { connectEmbedded, hasEmbedded } from './connect-embedded.ts';
import { connectPostgres, type PostgresOptions } from './connect-postgres.ts';
import type { DatabaseConnection } from './connection.ts';

export type { Database, DatabaseConnection, DatabaseTransaction, Read } from './connection.ts';

/** There is no embedded database, and none may be made without being chosen. */
export class NoDatabaseChosenError extends Error {
  override readonly name = 'NoDatabaseChosenError';

  constructor(dataDir: string) {
    super(
      `DATABASE_URL is not set, and there is no embedded database in ${dataDir}. In production, set ` +
        'DATABASE_URL to a PostgreSQL database, or DATABASE=embedded to create an empty one there.',
    );
  }
}

export interface DatabaseOptions {
  /** Where PostgreSQL is. Undefined: the embedded database. */
  readonly url: string | undefined;
  /** The folder of the embedded database, made when absent. Not touched when there is a `url`. */
  readonly dataDir: string;
  /** Whether an embedded database is made where there is none. */
  readonly mayCreate: boolean;
  /**
   * What holds of PostgreSQL; each that is absent has the default of `connectPostgres`. Of the embedded
   * database there is only how long a transaction may last: as long as a statement.
   */
  readonly limits?: Pick<
    PostgresOptions,
    'maxConnections' | 'connectTimeoutMs' | 'statementTimeoutMs'
  >;
  /** Told when a connection to PostgreSQL breaks while no query waits for it. */
  readonly onPoolError: (error: Error) => void;
}

/**
 * Opens the database: the PostgreSQL server at `url`, or the embedded one in `dataDir`.
 *
 * PostgreSQL is first reached by the first query, so a server that is down is found by `migrate` or `ping`.
 *
 * @throws {DataDirectoryInUseError} when another process has the embedded database open.
 * @throws {NoDatabaseChosenError | EmbeddedFolderError}
 */
export async function connectDatabase(options: DatabaseOptions): Promise<DatabaseConnection> {
  const { url, dataDir, mayCreate, limits, onPoolError } = options;
  if (url === undefined && !mayCreate && !hasEmbedded(dataDir)) {
    throw new NoDatabaseChosenError(dataDir);
  }
  return url === undefined
    ? connectEmbedded(dataDir, { statementTimeoutMs: limits?.statementTimeoutMs })
    : connectPostgres({ ...limits, url, onPoolError });
}
