import { NamedError } from '../error-pages.ts';
import type { CreateEventCarrier } from '../events/event-carrier.ts';
import { connectPostgres, type PostgresOptions } from './connect/connect-postgres.ts';
import { type ReplicaOptions, withReplica } from './connect/replica.ts';
import type { DatabaseConnection } from './connection.ts';
import { connectEmbedded, hasEmbedded } from './embedded/connect-embedded.ts';

export {
  type Database,
  type DatabaseConnection,
  type DatabaseTransaction,
  longestWriteMs,
  type Read,
} from './connection.ts';

/** No database is configured, and no embedded database exists. */
class NoDatabaseChosenError extends NamedError {
  override readonly name = 'NoDatabaseChosenError';

  constructor(dataDir: string) {
    super(
      'no-database-chosen',
      `DATABASE_URL is not set, and there is no embedded database in ${dataDir}. In production, set ` +
        'DATABASE_URL to a PostgreSQL database, or DATABASE=embedded to create an empty one there.',
    );
  }
}

export interface DatabaseOptions {
  /** The URL of the PostgreSQL database. Undefined: the embedded database. */
  readonly url: string | undefined;
  readonly directUrl?: string | undefined;
  /** The folder of the embedded database, created when missing. Not used with a `url`. */
  readonly dataDir: string;
  /** A replica of the PostgreSQL database, for lists that may be a little old. Undefined: none. */
  readonly replica?: (ReplicaOptions & { readonly url: string }) | undefined;
  /** Returns what carries events of PostgreSQL from node to node. Undefined: PostgreSQL alone. */
  readonly loadCarrier?: () => Promise<CreateEventCarrier | undefined>;
  /** Whether a missing embedded database is created. */
  readonly mayCreate: boolean;
  /**
   * The limits of PostgreSQL. Defaults: see `connectPostgres`. For the embedded database only `statementTimeoutMs` is
   * used, as the minimum timeout of transactions.
   */
  readonly limits?: Pick<
    PostgresOptions,
    'maxConnections' | 'connectTimeoutMs' | 'statementTimeoutMs'
  >;
  /** Called when an idle connection to PostgreSQL breaks. */
  readonly onPoolError: (error: Error) => void;
}

/**
 * Opens the database: the PostgreSQL server at `url`, or the embedded one in `dataDir`.
 *
 * Does not connect to PostgreSQL yet: an unavailable server is noticed by the first query, such as in `migrate` or
 * `ping`.
 *
 * @throws {DataDirectoryInUseError} when another process has the embedded database open.
 * @throws {NoDatabaseChosenError | EmbeddedFolderError} and what `loadCarrier` throws.
 */
export async function connectDatabase(options: DatabaseOptions): Promise<DatabaseConnection> {
  const { url, directUrl, dataDir, replica, mayCreate, limits, onPoolError } = options;
  if (url === undefined && !mayCreate && !hasEmbedded(dataDir)) {
    throw new NoDatabaseChosenError(dataDir);
  }
  if (url === undefined) {
    return connectEmbedded(dataDir, { statementTimeoutMs: limits?.statementTimeoutMs });
  }
  const createCarrier = await options.loadCarrier?.();
  const primary = connectPostgres({ ...limits, url, directUrl, onPoolError, createCarrier });
  if (replica === undefined) return primary;
  const other = connectPostgres({
    ...limits,
    url: replica.url,
    onPoolError,
    // Behind a pooler too, or without one: it is not used.
    directUrl: directUrl === undefined ? undefined : replica.url,
  });
  return withReplica(primary, other, replica);
}
