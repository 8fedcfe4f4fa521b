import type { PGlite } from '@electric-sql/pglite';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import type { Notifications } from './notifications.ts';
import { retryCollisions } from './retry-collisions.ts';

/** The Prisma client: what a store reads and writes with. */
export type Database = PrismaClient;

/** The client of one interactive transaction: what `database.$transaction(async (transaction) => ...)` is given. */
export type DatabaseTransaction = Prisma.TransactionClient;

/** An open database, of either kind. Nothing else in `database/` outlives it. */
export interface DatabaseConnection {
  readonly kind: 'postgresql' | 'embedded';
  /** For data clients that are not Prisma's. */
  readonly driver: DatabaseDriver;
  /** Which database this is, for the start-up line. Never holds a user or a password. */
  readonly description: string;
  readonly database: Database;
  /** For further Prisma clients on the same connections. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /**
   * Reads with a statement that is prepared once on each connection, without Prisma: for what each request reads.
   *
   * @throws whatever the driver throws: see `toClientError`.
   */
  readonly read: Read;
  /**
   * The ids of a table from one on, in their order. `table` may name its schema: `schema.table`. Undefined when its
   * trigger of `notify_inserts` also fires for changes of rows: which rows were changed is recorded nowhere.
   */
  readIds(table: string, firstId: string, limit: number): Promise<readonly string[] | undefined>;
  readonly migrations: MigrationAccess;
  readonly notifications: Notifications;
  /** The connections of the pool, and who waits for one; undefined when there is no pool. */
  poolLoad(): PoolLoad | undefined;
  /** Asks the database for one row. @throws whatever the driver throws: see `toClientError`. */
  ping(): Promise<void>;
  /** Ends every connection and gives up the folder. A second call does nothing. */
  close(): Promise<void>;
}

/** A statement that connections know by its name. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement, and returns its rows. `values` are those of `$1`, `$2` and so on. */
export type Read = <Row extends object>(
  statement: PreparedStatement,
  values: readonly unknown[],
) => Promise<readonly Row[]>;

/** What a project's own data client connects with. */
export type DatabaseDriver =
  | { readonly kind: 'postgresql'; readonly pool: pg.Pool }
  | { readonly kind: 'embedded'; readonly pglite: PGlite };

/** The connections of a pool. */
export interface PoolLoad {
  readonly total: number;
  readonly idle: number;
  /** How many pieces of work wait for one. */
  readonly waiting: number;
}

/** What `migrate` needs of a connection. */
export interface MigrationAccess {
  /** Runs one statement, and returns its rows. */
  query<Row extends object>(sql: string): Promise<readonly Row[]>;
  /**
   * Runs `work` while no other process migrates this database.
   *
   * The adapters work on the connection that holds the lock, and have no time limit on a statement. Names
   * without a schema are those of `schema`, which is created when it is absent.
   *
   * @throws {MigrationLockTimeoutError} when another process holds the lock for `lockTimeoutMs`.
   */
  exclusively<Result>(
    options: MigrationLock,
    work: (adapters: SqlMigrationAwareDriverAdapterFactory) => Promise<Result>,
  ): Promise<Result>;
}

/** What one process holds while it migrates. */
export interface MigrationLock {
  /** How long to wait for another process that migrates. */
  readonly lockTimeoutMs: number;
  /** The PostgreSQL schema of the tables and of the history. */
  readonly schema: string;
}

/** The statements that make `schema` the one that names without a schema refer to. */
export const useSchema = (schema: string): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
  `SET search_path TO "${schema}"`,
];

/** Another process has been migrating the database for longer than this one may wait. */
export class MigrationLockTimeoutError extends Error {
  override readonly name = 'MigrationLockTimeoutError';

  constructor(lockTimeoutMs: number, options?: ErrorOptions) {
    super(
      `Another process has held the migration lock for ${lockTimeoutMs} ms. ` +
        'Nothing was applied. Start again once it has finished.',
      options,
    );
  }
}

/** How long a transaction waits for a connection, and how long it lasts at most, if nothing else is said. */
const maxWaitMs = 5_000;
const defaultTransactionMs = 10_000;

/** The limits of work with a database. */
export interface WorkLimits {
  /** What one statement may take, in milliseconds. A transaction may always last as long. */
  readonly statementTimeoutMs?: number | undefined;
}

/** Makes Gatehouse's own Prisma client on `adapter`. It connects with its first query. */
export function createDatabase(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  { statementTimeoutMs = 0 }: WorkLimits = {},
): Database {
  const timeout = Math.max(defaultTransactionMs, statementTimeoutMs);
  const database = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: maxWaitMs, timeout },
    errorFormat: 'minimal',
  });
  database.$transaction = retryCollisions(database.$transaction, { random: Math.random });
  return database;
}
