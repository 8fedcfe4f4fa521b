import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { type RunScript, toDriverAdapterError } from './script-adapter.ts';

/** The SQLSTATE of a statement that waited too long for a lock. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** Ends the message of a script that was undone because a lock was not free: the engine passes on the message only. */
export const BLOCKED_MARK = ` (SQLSTATE ${LOCK_NOT_AVAILABLE}; the script was undone)`;

/**
 * How long a statement of a migration waits for a lock, in milliseconds. Meanwhile, all others that need the table wait
 * behind it, reads too.
 */
const lockWaitMs = 1_000;

/** The pause before the next attempt, in milliseconds, in which those that have waited can run. */
const pauseMs = 1_000;

/**
 * Creates the function that runs the script of a migration on PostgreSQL, with little delay for everything else.
 *
 * A script is one message, so PostgreSQL runs it in one transaction. When that waits for a lock for a second, it is
 * undone, and tried again. A script with CONCURRENTLY is one statement outside of a transaction: it waits for other
 * transactions without a limit, and blocks nothing. When it fails, the invalid index that it leaves is removed.
 */
export const createScriptRunner =
  (session: pg.Pool, patienceMs: number): RunScript =>
  async (_adapter, script) => {
    const client = await session.connect();
    try {
      await (isConcurrent(script)
        ? runConcurrently(client, script)
        : runPatiently(client, script, patienceMs));
    } catch (error) {
      throw error instanceof pg.DatabaseError ? toDriverAdapterError(error) : error;
    } finally {
      client.release(); // without the error, which would close the connection that holds the migration lock
    }
  };

type Client = Pick<pg.PoolClient, 'query'>;

/** Without arguments, pg sends a script with several statements as one simple message. */
async function runPatiently(client: Client, script: string, patienceMs: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  await client.query(`SET lock_timeout = ${lockWaitMs}`);
  try {
    while (!(await hasRun(client, script, performance.now() >= endMs))) await setTimeout(pauseMs);
  } finally {
    await client.query('RESET lock_timeout');
  }
}

/** Returns false when the script was undone because a lock was not free, unless it is the last attempt. */
async function hasRun(client: Client, script: string, isLast: boolean): Promise<boolean> {
  try {
    await client.query(script);
    return true;
  } catch (error) {
    const isBlocked = error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE;
    if (!isBlocked || !isUndone(script)) throw error;
    if (!isLast) return false;
    error.message += BLOCKED_MARK;
    throw error;
  }
}

async function runConcurrently(client: Client, script: string): Promise<void> {
  try {
    await client.query(script);
  } catch (error) {
    const [, name = ''] = builtIndex.exec(script) ?? [];
    const { rows } = await client.query(`SELECT 1 FROM pg_catalog.pg_index
      WHERE indexrelid = to_regclass('"${name}"') AND NOT indisvalid`);
    if (rows.length > 0) await client.query(`DROP INDEX CONCURRENTLY "${name}"`);
    throw error;
  }
}

const builtIndex =
  /^\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/im;

/** Whether a script is a statement that cannot run in a transaction. */
const isConcurrent = (script: string): boolean => /^\s*[^-\s].*\bCONCURRENTLY\b/im.test(script);

/** Whether a script that fails leaves nothing. */
const isUndone = (script: string): boolean => !/\bCOMMIT\b/i.test(script);
