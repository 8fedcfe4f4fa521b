import { connectEmbedded } from './connect-embedded.ts';
import { connectPostgres, type PostgresOptions } from './connect-postgres.ts';
import type { DatabaseConnection } from './connection.ts';

export type { Database, DatabaseConnection, DatabaseTransaction } from './connection.ts';

export interface DatabaseOptions {
  /** Where PostgreSQL is. Undefined: the embedded database. */
  readonly url: string | undefined;
  /** The folder of the embedded database, made when absent. Not touched when there is a `url`. */
  readonly dataDir: string;
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
  /**
   * Told when another process has taken the folder of the embedded database from this one, which was held
   * up. It is to end at once: to close the database would write to it as well.
   */
  readonly onFolderLost: (error: Error) => void;
}

/**
 * Opens the database: the PostgreSQL server at `url`, or the embedded one in `dataDir`.
 *
 * PostgreSQL is first reached by the first query, so a server that is down is found by `migrate` or `ping`.
 *
 * @throws {DataDirectoryInUseError} when another process has the embedded database open.
 */
export async function connectDatabase(options: DatabaseOptions): Promise<DatabaseConnection> {
  const { url, dataDir, limits, onPoolError, onFolderLost } = options;
  return url === undefined
    ? connectEmbedded(dataDir, {
        onLost: onFolderLost,
        statementTimeoutMs: limits?.statementTimeoutMs,
      })
    : connectPostgres({ ...limits, url, onPoolError });
}
