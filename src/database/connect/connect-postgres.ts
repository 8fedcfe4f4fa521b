import { setTimeout } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { CreateEventCarrier } from '../../events/event-carrier.ts';
import {
  answerGraceMs,
  createDatabase,
  type DatabaseConnection,
  type MigrationAccess,
  MigrationLockTimeoutError,
  type MigrationSession,
  type RunSql,
} from '../connection.ts';
import { createPostgresNotifications } from '../events/notifications-postgres.ts';
import { runInOrder } from '../time/run-in-order.ts';
import { outsideTransactions } from '../time/transaction-scope.ts';
import { createPreparedReads } from './prepared-reads.ts';
import { withPrivateErrors, withPrivateReadErrors } from './private-errors.ts';
import { createWaitingPool } from './waiting-pool.ts';

export interface PostgresOptions {
  readonly url: string;
  /**
   * The URL of the same database for what needs a session: notifications, and the lock of migrations. `url` then is
   * that of a pooler in transaction mode, which takes no settings of sessions.
   */
  readonly directUrl?: string | undefined;
  /** Called when an idle connection breaks. The pool replaces it. */
  readonly onPoolError: (error: Error) => void;
  readonly maxConnections?: number;
  /** The timeout for a connection, new or from the pool. */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after this time. If it does not respond, the connection is closed shortly after. */
  readonly statementTimeoutMs?: number;
  /** Creates what brings events to the nodes. Undefined: PostgreSQL alone. */
  readonly createCarrier?: CreateEventCarrier | undefined;
}

const DEFAULT_MAX_CONNECTIONS = 10;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_STATEMENT_TIMEOUT_MS = 10_000;

/** The key of Prisma Migrate's advisory lock, so that `prisma migrate deploy` waits too. */
const MIGRATION_LOCK_KEY = 72707369;

/** The application of the one session that each node listens by. */
export const listenerName = 'gatehouse notifications';

/**
 * Creates the connection to a PostgreSQL database, with a pool. The first query connects.
 *
 * Every wait has a time limit. With pg's defaults, a server that does not respond blocks forever.
 */
export function connectPostgres(options: PostgresOptions): DatabaseConnection {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  const connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const isPooled = options.directUrl !== undefined;
  const connecting = {
    connectionString: options.url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'gatehouse',
    keepAlive: true,
  };
  const direct = { ...connecting, connectionString: options.directUrl ?? options.url };
  const pool = createWaitingPool({
    ...connecting,
    isPooled,
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    ...(isPooled ? {} : { statement_timeout: statementTimeoutMs }),
    answerTimeoutMs: statementTimeoutMs + answerGraceMs,
  });
  // Without a listener, a broken idle connection ends the process.
  pool.on('error', (error) => {
    // pg-pool adds the client, which contains the key that cancels its statements.
    Reflect.deleteProperty(error, 'client');
    options.onPoolError(error);
  });
  const adapter = withPrivateErrors(
    new PrismaPg(pool, { onConnectionError: options.onPoolError, disposeExternalPool: false }),
  );
  const database = createDatabase(adapter, { statementTimeoutMs, connectTimeoutMs });

  const notifications = createPostgresNotifications({
    config: { ...direct, application_name: listenerName },
    onError: options.onPoolError,
    createCarrier: options.createCarrier,
  });

  let closing: Promise<void> | undefined;
  return {
    kind: 'postgresql',
    driver: { kind: 'postgresql', pool: outsideTransactions(pool, ['connect', 'query']) },
    description: describe(options.url),
    database,
    adapter,
    read: withPrivateReadErrors(createPreparedReads(pool)),
    notifications,
    migrations: migrationAccess(pool, { ...direct, onPoolError: options.onPoolError }),
    poolLoad: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => {
      closing ??= runInOrder([notifications.close, () => database.$disconnect(), () => pool.end()]);
      return closing;
    },
  };
}

/** Describes the database by host, port and name, as pg parses the URL. The client never connects. */
function describe(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return `PostgreSQL at ${host}:${port}/${database ?? ''}`;
}

type LockOptions = pg.ClientConfig & { readonly onPoolError: (error: Error) => void };

function migrationAccess(pool: pg.Pool, { onPoolError, ...config }: LockOptions): MigrationAccess {
  return {
    query: async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows,
    exclusively: async (lockTimeoutMs, work) => {
      const client = new pg.Client(config);
      client.on('error', onPoolError);
      try {
        await client.connect();
        await lock(client, lockTimeoutMs);
        // The role may have one, for its sessions behind a pooler.
        await client.query('SET statement_timeout = 0');
        return await work(sessionOf(client));
      } finally {
        await client.end(); // also releases the lock
      }
    },
  };
}

function sessionOf(client: pg.Client): MigrationSession {
  const run: RunSql = async <Row extends object>(sql: string) => {
    // An array for several statements.
    const result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[] = await client.query(sql);
    return [result].flat().at(-1)?.rows ?? [];
  };
  return {
    run,
    transaction: async (work) => {
      await run('BEGIN');
      try {
        await work(run);
        await run('COMMIT');
      } catch (error) {
        await run('ROLLBACK').catch(() => {}); // without a connection, the server does it
        throw error;
      }
    },
  };
}

/** The pause between attempts to get the migration lock, in milliseconds. */
const lockPollMs = 100;

/**
 * Waits for the migration lock. Asks for it again and again: a statement that waits has a snapshot, and CREATE INDEX
 * CONCURRENTLY of the process with the lock would wait for its end.
 */
async function lock(client: pg.Client, lockTimeoutMs: number): Promise<void> {
  const endMs = performance.now() + lockTimeoutMs;
  const text = `SELECT pg_try_advisory_lock(${MIGRATION_LOCK_KEY}) AS "hasLock"`;
  while ((await client.query<{ hasLock: boolean }>(text)).rows[0]?.hasLock !== true) {
    if (performance.now() >= endMs) throw new MigrationLockTimeoutError(lockTimeoutMs);
    await setTimeout(lockPollMs);
  }
}
