import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { databaseTimeLeftMs } from './database-time.ts';
import { NoAnswerError } from './no-answer-error.ts';

export interface PatientPoolOptions extends pg.PoolConfig {
  readonly connectionTimeoutMillis: number;
  /** A connection that has not answered a statement for so long is taken for gone, and ended. */
  readonly answerTimeoutMs: number;
}

/**
 * Prisma's adapter sends moments without a zone: the session's own would shift them.
 *
 * A statement that nobody waits for any more is to end, with its transaction: PostgreSQL looks each second
 * whether its client is still there, where its system can (not on Windows). Of a client that the network has cut
 * off between two statements it hears nothing, for hours, while others wait for the locks of its transaction:
 * within one, nothing here is silent for as long as this.
 */
const sessionSettings = `
  SET TIME ZONE 'UTC';
  SET idle_in_transaction_session_timeout = '4s';
  DO $$ BEGIN SET client_connection_check_interval = '1s'; EXCEPTION WHEN OTHERS THEN NULL; END $$`;

/**
 * A pool of which every wait has a limit: that of the pool, and that of the work under way
 * (`withDatabaseTime`). It can be used with promises alone.
 *
 * pg gives up waiting for an answer, but keeps the connection: in the pool it would make the next ones
 * wait as well, with another's transaction open. Here it is ended. After one was silent, each other that
 * has not answered since is replaced instead of used: the network may have dropped them all.
 */
export function createPatientPool({ answerTimeoutMs, ...config }: PatientPoolOptions): pg.Pool {
  const silence = createSilence();
  const pool = new pg.Pool({
    ...config,
    // The pool waits for it, so that no other statement runs before it.
    onConnect: async (client) => {
      // The pool hears a connection only while it is idle. One that breaks in use fails its statement,
      // and must not end the process.
      client.on('error', () => {});
      limitAnswers(client, { answerTimeoutMs, silence });
      await client.query(sessionSettings);
    },
  });
  const connect = pool.connect.bind(pool);

  async function acquire(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await takeInTime(connect);
      if (!silence.mayReach(client)) return client;
      client.release(true);
    }
  }

  // A pool's own `query` goes on where another's connection was given back, and with its limit.
  async function query(words: readonly unknown[]): Promise<unknown> {
    const client = await acquire();
    try {
      const result: unknown = await Reflect.apply(client.query, client, words);
      client.release();
      return result;
    } catch (error) {
      client.release(!isOfStatement(error));
      throw error;
    }
  }

  pool.connect = new Proxy(pool.connect, { apply: () => acquire() });
  pool.query = new Proxy(pool.query, { apply: (_query, _pool, words) => query(words) });
  return pool;
}

/** Whether the server has refused one statement, and the connection is as good as before. */
const isOfStatement = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR';

/** @throws {NoAnswerError} when the work under way may wait no longer; the connection is given back then. */
async function takeInTime(connect: () => Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  const leftMs = databaseTimeLeftMs();
  if (leftMs <= 0) throw new NoAnswerError(0);
  const connecting = connect();
  if (leftMs === Number.POSITIVE_INFINITY) return connecting;
  const timer = new AbortController();
  const late = async (): Promise<never> => {
    await setTimeout(leftMs, undefined, { signal: timer.signal });
    connecting.then(
      (client) => client.release(),
      () => {}, // it was waited for no longer
    );
    throw new NoAnswerError(leftMs);
  };
  try {
    return await Promise.race([connecting, late()]);
  } finally {
    timer.abort();
  }
}

interface AnswerLimit {
  readonly answerTimeoutMs: number;
  readonly silence: Silence;
}

/** Ends the connection when a statement is not answered in time; the statement fails then. */
function limitAnswers(client: pg.ClientBase, { answerTimeoutMs, silence }: AnswerLimit): void {
  async function answer(run: () => Promise<unknown>): Promise<unknown> {
    const limitMs = Math.min(answerTimeoutMs, databaseTimeLeftMs());
    if (limitMs <= 0) endConnection(client);
    let isLate = false;
    const timer = globalThis.setTimeout(() => {
      isLate = true;
      if (limitMs > answerTimeoutMs / 2) silence.noticed();
      endConnection(client);
    }, limitMs);
    try {
      const result = await run();
      silence.broken(client);
      return result;
    } catch (error) {
      throw isLate ? new NoAnswerError(limitMs) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  client.query = new Proxy(client.query, {
    apply: (query, self, words) => answer(() => Reflect.apply(query, self, words)),
  });
}

/** A statement under way fails at once, and those after it: nobody is waited for. */
function endConnection(client: pg.ClientBase): void {
  if (client instanceof pg.Client) void client.end();
}

type Silence = ReturnType<typeof createSilence>;

/** Remembers when a connection was silent, and which have answered since. */
function createSilence() {
  const answeredAtMs = new WeakMap<pg.ClientBase, number>();
  let lastAtMs = 0;
  return {
    noticed() {
      lastAtMs = performance.now();
    },
    broken(client: pg.ClientBase) {
      answeredAtMs.set(client, performance.now());
    },
    /** Whether the connection may be silent too. */
    mayReach: (client: pg.ClientBase): boolean =>
      (answeredAtMs.get(client) ?? Number.POSITIVE_INFINITY) < lastAtMs,
  };
}
