import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { messages } from '@electric-sql/pglite';
import pg from 'pg';
import type { MigrationSession } from './connection.ts';
import { checksumOf, type Migration, SCRIPT_FILE } from './migration-files.ts';

/** The script of a migration failed. It stays pending. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
}

/** A migration's script was undone, because other transactions held a lock that it needs. It stays pending. */
export class MigrationBlockedError extends Error {
  override readonly name = 'MigrationBlockedError';

  constructor(migrationName: string) {
    super(
      `The migration ${migrationName} needs a lock that other transactions hold. Its script was undone, and it stays pending. ` +
        'Run `gatehouse migrate` again when no long transaction runs.',
    );
  }
}

/**
 * How long a statement of a migration waits for a lock, in milliseconds. Meanwhile, all others that need the table wait
 * behind it, reads too.
 */
const lockWaitMs = 1_000;

/** The pause before the next attempt, in milliseconds, in which those that have waited can run. */
const pauseMs = 1_000;

/** The SQLSTATE of a statement that waited too long for a lock. */
const LOCK_NOT_AVAILABLE = '55P03';

/** The SQLSTATE of a statement that cannot run in a transaction. */
const ACTIVE_TRANSACTION = '25001';

/** A migration that is going to be applied. */
export interface PendingMigration {
  readonly migration: Migration;
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of the tables and of the history. */
  readonly schema: string;
}

/**
 * Applies a migration: runs its script and records it, in one transaction, with little delay for everything else.
 *
 * When a statement waits for a lock for a second, the script is undone, and tried again for `patienceMs`. A statement
 * that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY, runs alone: it waits for other transactions
 * without a limit, and blocks nothing.
 *
 * @throws {MigrationFailedError | MigrationBlockedError} and the driver's error when the connection is lost.
 */
export async function applyMigration(
  session: MigrationSession,
  pending: PendingMigration,
  patienceMs: number,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const failure = await runInTransaction(session, pending);
    if (failure === undefined) return;
    const code = failure.isUndone ? failure.error.code : undefined;
    if (code === ACTIVE_TRANSACTION) return runAlone(session, pending);
    if (code !== LOCK_NOT_AVAILABLE) throw toFailedError(failure, pending);
    if (performance.now() >= endMs) throw new MigrationBlockedError(pending.migration.name);
    await setTimeout(pauseMs);
  }
}

type ScriptError = pg.DatabaseError | messages.DatabaseError;

const isScriptError = (error: unknown): error is ScriptError =>
  error instanceof pg.DatabaseError || error instanceof messages.DatabaseError;

/** The error of a script, and whether nothing of the script is left. */
interface Failure {
  readonly error: ScriptError;
  readonly isUndone: boolean;
}

async function runInTransaction(
  session: MigrationSession,
  pending: PendingMigration,
): Promise<Failure | undefined> {
  await session.run(settings(pending, lockWaitMs));
  let transactionId = '';
  try {
    await session.transaction(async (run) => {
      const [row] = await run('SELECT pg_current_xact_id()::text AS "id"');
      transactionId = String(row?.id);
      await run(pending.migration.script);
      await run(record(pending));
    });
    return undefined;
  } catch (error) {
    if (!isScriptError(error)) throw error;
    // A script can contain COMMIT.
    const text = `SELECT pg_xact_status('${transactionId}') = 'aborted' AS "isUndone"`;
    const [row] = await session.run(text).catch(() => {
      throw error; // the connection is lost
    });
    return { error, isUndone: row?.isUndone === true };
  }
}

async function runAlone(session: MigrationSession, pending: PendingMigration): Promise<void> {
  const { script } = pending.migration;
  await session.run(settings(pending, 0));
  try {
    await session.run(script);
  } catch (error) {
    if (!isScriptError(error)) throw error;
    const isUndone =
      error.code === ACTIVE_TRANSACTION || (await removeInvalidIndex(session, script));
    throw toFailedError({ error, isUndone }, pending);
  }
  await session.run(record(pending));
}

/** Removes what a failed CREATE INDEX CONCURRENTLY leaves. Returns false for another statement. */
async function removeInvalidIndex(session: MigrationSession, script: string): Promise<boolean> {
  const [, name] = builtIndex.exec(script) ?? [];
  if (name === undefined) return false;
  const found = await session.run(`SELECT 1 FROM pg_catalog.pg_index
    WHERE indexrelid = to_regclass('"${name}"') AND NOT indisvalid`);
  if (found.length > 0) await session.run(`DROP INDEX CONCURRENTLY "${name}"`);
  return true;
}

const builtIndex =
  /^\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/im;

/** Returns the settings of the session for a script. An earlier script may have changed them. */
const settings = ({ schema }: PendingMigration, lockTimeoutMs: number): string =>
  `SET lock_timeout = ${lockTimeoutMs}; SET search_path TO "${schema}"`;

/** Returns the statement that records a migration as Prisma Migrate does, whose commands can go on with the history. */
const record = ({ schema, migration: { name, script } }: PendingMigration): string =>
  `INSERT INTO "${schema}"._prisma_migrations
    (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES ('${randomUUID()}', '${checksumOf(script)}', ${pg.escapeLiteral(name)}, now(), clock_timestamp(), 1)`;

/** Returns the statement that creates the history of a schema, with the columns of Prisma Migrate. */
export const createHistory = (schema: string): string =>
  `CREATE TABLE IF NOT EXISTS "${schema}"._prisma_migrations (
    id VARCHAR(36) PRIMARY KEY,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/** Describes a failure by file, line and PostgreSQL's message. Its detail is left out: it can contain a row. */
function toFailedError(
  { error, isUndone }: Failure,
  { migration, migrationsDirectory }: PendingMigration,
): MigrationFailedError {
  const place = join(migrationsDirectory, migration.name, SCRIPT_FILE) + lineOf(error, migration);
  const advice =
    error.code === ACTIVE_TRANSACTION ? ' Put this statement into a migration of its own.' : '';
  const rest = isUndone
    ? 'Nothing of it was applied: correct the script and run the command again.'
    : 'A part of it may be applied, because it contains COMMIT or cannot run in a transaction: ' +
      'undo that part, correct the script, and run the command again.';
  return new MigrationFailedError(
    `A migration failed: ${place}: ${error.message}.${advice} ${rest}`,
  );
}

/** Returns the line of an error, if PostgreSQL reports a position: that of a character, from 1. */
function lineOf({ position }: ScriptError, { script }: Migration): string {
  if (position === undefined) return '';
  const before = [...script].slice(0, Number(position) - 1);
  return `, line ${before.filter((character) => character === '\n').length + 1}`;
}
