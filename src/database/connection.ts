import type { PGlite } from '@electric-sql/pglite';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { NamedError } from '../error-pages.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import type { Notifications } from './notifications.ts';
import { retryCollisions } from './time/retry-collisions.ts';

/** Gatehouse's own Prisma client, used by the stores. */
export type Database = PrismaClient;

/** The client of one interactive transaction, as `database.$transaction` passes it. */
export type DatabaseTransaction = Prisma.TransactionClient;

export interface DatabaseConnection {
  readonly kind: 'postgresql' | 'embedded';
  /** For data clients other than Prisma. In the work of a transaction, what would wait for a connection throws. */
  readonly driver: DatabaseDriver;
  /** Describes the database in the start-up message, without user and password. */
  readonly description: string;
  readonly database: Database;
  /** For further Prisma clients on the same connections. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /**
   * Runs a statement that is prepared once on each connection, without Prisma. For the reads of every request, and for
   * `createStatementWrite`.
   *
   * @throws the driver's error; see `toClientError`.
   */
  readonly read: Read;
  readonly migrations: MigrationAccess;
  readonly notifications: Notifications;
  /** A replica, for lists that may be a little old. */
  readonly replica?: Replica;
  /** Counts the pool's connections, and the requests that wait for one. Undefined: there is no pool. */
  poolLoad(): Readonly<Record<'total' | 'idle' | 'waiting', number>> | undefined;
  /** Runs a query. @throws the driver's error; see `toClientError`. */
  ping(): Promise<void>;
  /** Closes all connections and unlocks the folder. A second call does nothing. */
  close(): Promise<void>;
}

/** A replica of the primary, which follows it with a delay. */
export interface Replica {
  readonly connection: DatabaseConnection;
  readonly maxLagMs: number;
  /**
   * Reads from the replica. When it is unavailable, too far behind, slow or rejects the read, reads from the primary.
   *
   * @throws what `fromPrimary` throws.
   */
  read<Result>(
    fromReplica: () => Promise<Result>,
    fromPrimary: () => Promise<Result>,
  ): Promise<Result>;
}

/** A statement that each connection prepares once, by name. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement, and returns its rows. `values` are the values of `$1`, `$2` and so on. */
export type Read = <Row extends object>(
  statement: PreparedStatement,
  values: readonly unknown[],
) => Promise<readonly Row[]>;

/** The driver for a project's own data client. */
type DatabaseDriver =
  | { readonly kind: 'postgresql'; readonly pool: pg.Pool }
  | { readonly kind: 'embedded'; readonly pglite: PGlite };

/** The access of `migrate` to a database. */
export interface MigrationAccess {
  query<Row extends object>(sql: string): Promise<readonly Row[]>;
  /**
   * Runs `work` while this process holds the migration lock of the database.
   *
   * @throws {MigrationLockTimeoutError} when another process holds the lock for `lockTimeoutMs`.
   */
  exclusively<Result>(
    lockTimeoutMs: number,
    work: (session: MigrationSession) => Promise<Result>,
  ): Promise<Result>;
}

/** Runs one or more statements as one message, and returns the rows of the last one. @throws the driver's error. */
export type RunSql = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** The session that holds the migration lock. Its statements have no timeout. */
export interface MigrationSession {
  readonly run: RunSql;
  /** Runs `work` in one transaction, with the function that it gets. */
  transaction(work: (run: RunSql) => Promise<void>): Promise<void>;
}

/** Another process held the migration lock for longer than `lockTimeoutMs`. */
export class MigrationLockTimeoutError extends NamedError {
  override readonly name = 'MigrationLockTimeoutError';

  constructor(lockTimeoutMs: number) {
    super(
      'migration-lock',
      `Another process has held the migration lock for ${lockTimeoutMs} ms. ` +
        'Nothing was applied. Start again once it has finished.',
    );
  }
}

/** The minimum time that a transaction waits for a connection, and the minimum of its timeout. */
const minWaitMs = 5_000;
const minTransactionMs = 10_000;

/** Extra time in which the server can report that it canceled a statement. */
export const answerGraceMs = 300;

export interface WorkLimits {
  /** The maximum duration of a statement. A transaction may take as long. */
  readonly statementTimeoutMs?: number | undefined;
  /** The maximum time to wait for a connection. */
  readonly connectTimeoutMs?: number | undefined;
}

/** Returns the timeout of a transaction. Longer than that of a statement, whose error is more precise. */
const transactionTimeoutMs = (statementTimeoutMs: number): number =>
  Math.max(minTransactionMs, statementTimeoutMs + 2 * answerGraceMs);

/**
 * Returns the maximum time from the id of a new record to the commit of its change: until its statement has a connection,
 * or until the timeout of its transaction, and then that of the last statement.
 */
export const longestWriteMs = ({
  statementTimeoutMs,
  connectTimeoutMs,
}: Readonly<Record<keyof WorkLimits, number>>): number =>
  Math.max(transactionTimeoutMs(statementTimeoutMs), connectTimeoutMs) +
  statementTimeoutMs +
  answerGraceMs;

/** Creates Gatehouse's own Prisma client on `adapter`. Its first query connects. */
export function createDatabase(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  { statementTimeoutMs = 0, connectTimeoutMs = 0 }: WorkLimits = {},
): Database {
  const database = new PrismaClient({
    adapter,
    transactionOptions: {
      maxWait: Math.max(minWaitMs, connectTimeoutMs),
      timeout: transactionTimeoutMs(statementTimeoutMs),
    },
    errorFormat: 'minimal',
  });
  database.$transaction = retryCollisions(database.$transaction, { random: Math.random });
  return database;
}
