import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import {
  createDatabase,
  type DatabaseConnection,
  type MigrationAccess,
  MigrationLockTimeoutError,
  useSchema,
} from './connection.ts';
import type { CreateEventCarrier } from './event-carrier.ts';
import { createScriptRunner, LOCK_NOT_AVAILABLE } from './migration-scripts.ts';
import { createPostgresNotifications } from './notifications-postgres.ts';
import { createPreparedReads } from './prepared-reads.ts';
import { withPrivateErrors, withPrivateReadErrors } from './private-errors.ts';
import { runInOrder } from './run-in-order.ts';
import { withWholeScripts } from './script-adapter.ts';
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
/** Extra time in which the server can report that it canceled a statement. */
const ANSWER_GRACE_MS = 300;

/** The key of Prisma Migrate's advisory lock, so that `prisma migrate deploy` waits too. */
const MIGRATION_LOCK_KEY = 72707369;

/**
 * Creates the connection to a PostgreSQL database, with a pool. The first query connects.
 *
 * Every wait has a time limit. With pg's defaults, a server that does not respond blocks forever.
 */
export function connectPostgres(options: PostgresOptions): DatabaseConnection {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  const isPooled = options.directUrl !== undefined;
  const connecting = {
    connectionString: options.url,
    connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    application_name: 'gatehouse',
    keepAlive: true,
  };
  const direct = { ...connecting, connectionString: options.directUrl ?? options.url };
  const pool = createWaitingPool({
    ...connecting,
    isPooled,
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    ...(isPooled ? {} : { statement_timeout: statementTimeoutMs }),
    answerTimeoutMs: statementTimeoutMs + ANSWER_GRACE_MS,
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
  const database = createDatabase(
    adapter,
    // Longer than the statement's timeout, whose error is more precise.
    { statementTimeoutMs: statementTimeoutMs + 2 * ANSWER_GRACE_MS },
  );

  const notifications = createPostgresNotifications({
    config: { ...direct, application_name: 'gatehouse notifications' },
    onError: options.onPoolError,
    createCarrier: options.createCarrier,
  });

  let closing: Promise<void> | undefined;
  return {
    kind: 'postgresql',
    driver: { kind: 'postgresql', pool },
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

function migrationAccess(pool: pg.Pool, options: LockOptions): MigrationAccess {
  return {
    query: async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows,
    exclusively: async ({ lockTimeoutMs, schema }, work) => {
      const session = singleConnection(options);
      try {
        await lock(session, lockTimeoutMs);
        // The role may have one, for its sessions behind a pooler.
        await session.query('SET statement_timeout = 0');
        for (const statement of useSchema(schema)) await session.query(statement);
        const runScript = createScriptRunner(session, lockTimeoutMs);
        return await work(withWholeScripts(new PrismaPg(session), schema, runScript));
      } finally {
        await session.end(); // also releases the lock
      }
    },
  };
}

/** Creates a pool of one connection that is never replaced: a new one would not hold the lock. */
function singleConnection({ onPoolError, ...config }: LockOptions): pg.Pool {
  let hasConnected = false;
  const session = new pg.Pool({
    ...config,
    max: 1,
    idleTimeoutMillis: 0,
    onConnect: () => {
      if (hasConnected) throw new Error('The connection holding the migration lock was lost.');
      hasConnected = true;
    },
  });
  session.on('error', onPoolError);
  return session;
}

async function lock(session: pg.Pool, lockTimeoutMs: number): Promise<void> {
  try {
    await session.query(`SET lock_timeout = ${Math.max(1, Math.ceil(lockTimeoutMs))}`);
    await session.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK_KEY})`);
    await session.query('RESET lock_timeout');
  } catch (cause) {
    const isTimeout = cause instanceof pg.DatabaseError && cause.code === LOCK_NOT_AVAILABLE;
    throw isTimeout ? new MigrationLockTimeoutError(lockTimeoutMs, { cause }) : cause;
  }
}
