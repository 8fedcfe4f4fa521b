import pg from 'pg';
import { NoAnswerError } from '../time/no-answer-error.ts';
import { currentDeadline } from '../time/request-budget.ts';

export interface WaitingPoolOptions extends pg.PoolConfig {
  readonly connectionTimeoutMillis: number;
  /** A connection that does not answer a statement within this time is closed. */
  readonly answerTimeoutMs: number;
  /** Whether connections lead to a pooler in transaction mode. */
  readonly isPooled?: boolean;
}

/**
 * The setting of sessions that PgBouncer keeps for each client, in transaction mode too. Prisma's adapter sends times
 * without a zone, and the session's zone would shift them.
 */
const timeZone = "SET TIME ZONE 'UTC'";

/**
 * Settings of every session. Behind a pooler in transaction mode they would reach other clients' statements, so
 * the role has to have them there.
 *
 * - Client connection check: PostgreSQL cancels a statement, with its transaction, within a second after its client
 *   closed the connection. Not supported on Windows.
 * - Idle timeout: PostgreSQL does not notice for hours that the network cut off a client between two statements, and
 *   its transaction would keep its locks. Our transactions are never idle for 4 seconds.
 */
const sessionSettings = `
  ${timeZone};
  SET idle_in_transaction_session_timeout = '4s';
  DO $$ BEGIN SET client_connection_check_interval = '1s'; EXCEPTION WHEN OTHERS THEN NULL; END $$`;

/**
 * Creates a pool in which every wait has a time limit: that of the pool, and the deadline of the current request
 * (`currentDeadline`). It supports promises, but no callbacks.
 *
 * After its own query timeout, pg keeps the connection: in the pool it would block the next users, with a transaction
 * open. This pool closes it. After a timeout it also replaces every connection that has not answered since, because
 * the network may have dropped them all.
 */
export function createWaitingPool(options: WaitingPoolOptions): pg.Pool {
  const { answerTimeoutMs, isPooled = false, ...config } = options;
  const timeouts = createTimeoutTracker();
  const pool = new pg.Pool({
    ...config,
    // The pool waits for this before it runs other statements.
    onConnect: async (client) => {
      // The pool listens only to idle connections. Without a listener, one that breaks in use would end the process;
      // its statement fails in any case.
      client.on('error', () => {});
      limitAnswers(client, { answerTimeoutMs, timeouts });
      await client.query(isPooled ? timeZone : sessionSettings);
    },
  });
  const connect = pool.connect.bind(pool);

  async function acquire(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await connectInTime(connect);
      if (!timeouts.isSuspect(client)) return client;
      client.release(true);
    }
  }

  // pg's `pool.query` would run in the async context, and so with the deadline, of the request that released the client.
  async function query(args: readonly unknown[]): Promise<unknown> {
    const client = await acquire();
    try {
      const result: unknown = await Reflect.apply(client.query, client, args);
      client.release();
      return result;
    } catch (error) {
      client.release(!isStatementError(error));
      throw error;
    }
  }

  pool.connect = new Proxy(pool.connect, { apply: () => acquire() });
  pool.query = new Proxy(pool.query, { apply: (_query, _pool, args) => query(args) });
  return pool;
}

/** Whether the server rejected one statement, so that the connection can be used again. */
const isStatementError = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR';

/** @throws {NoAnswerError} at the deadline. The connection is then released as soon as it is open. */
async function connectInTime(connect: () => Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  const deadline = currentDeadline();
  if (deadline === undefined) return connect();
  if (deadline.isOver()) deadline.signal().throwIfAborted();
  const connecting = connect();
  return new Promise((resolve, reject) => {
    const ignore = deadline.onOver((error) => {
      reject(error);
      connecting.then(
        (client) => client.release(),
        () => {}, // reported as the timeout already
      );
    });
    connecting.then(
      (client) => {
        ignore();
        resolve(client);
      },
      (error: unknown) => {
        ignore();
        reject(error);
      },
    );
  });
}

interface AnswerLimit {
  readonly answerTimeoutMs: number;
  readonly timeouts: TimeoutTracker;
}

/** Closes the connection when a statement is not answered in time. The statement then fails. */
function limitAnswers(client: pg.ClientBase, { answerTimeoutMs, timeouts }: AnswerLimit): void {
  async function answer(run: () => Promise<unknown>): Promise<unknown> {
    const startedAtMs = performance.now();
    let waitedMs: number | undefined;
    const end = () => {
      waitedMs = performance.now() - startedAtMs;
      if (waitedMs > answerTimeoutMs / 2) timeouts.timedOut();
      closeConnection(client);
    };
    const timer = setTimeout(end, answerTimeoutMs);
    const ignore = currentDeadline()?.onOver(end);
    try {
      const result = await run();
      timeouts.answered(client);
      return result;
    } catch (error) {
      throw waitedMs === undefined ? error : new NoAnswerError(waitedMs);
    } finally {
      clearTimeout(timer);
      ignore?.();
    }
  }

  client.query = new Proxy(client.query, {
    apply: (query, self, args) => answer(() => queryByCallback(query, self, args)),
  });
}

/**
 * Runs a query of pg by a callback. The results of pg's own promises survive several garbage collections (pg 8.23), which
 * takes a third of the time of a request that reads a hundred rows.
 */
const queryByCallback = (
  query: pg.ClientBase['query'],
  client: unknown,
  args: readonly unknown[],
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const settle = (error: unknown, result: unknown) =>
      error === null || error === undefined ? resolve(result) : reject(error);
    Reflect.apply(query, client, [...args, settle]);
  });

/** Closes a connection without waiting. Its current statement and all later ones fail immediately. */
function closeConnection(client: pg.ClientBase): void {
  if (client instanceof pg.Client) void client.end();
}

type TimeoutTracker = ReturnType<typeof createTimeoutTracker>;

/** Tracks when a connection timed out, and when each connection last answered. */
function createTimeoutTracker() {
  const answeredAtMs = new WeakMap<pg.ClientBase, number>();
  let lastAtMs = 0;
  return {
    timedOut() {
      lastAtMs = performance.now();
    },
    answered(client: pg.ClientBase) {
      answeredAtMs.set(client, performance.now());
    },
    /** Whether the connection has not answered since the last timeout. */
    isSuspect: (client: pg.ClientBase): boolean =>
      (answeredAtMs.get(client) ?? Number.POSITIVE_INFINITY) < lastAtMs,
  };
}
