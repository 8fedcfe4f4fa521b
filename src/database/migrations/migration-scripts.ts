import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { messages } from '@electric-sql/pglite';
import pg from 'pg';
import { NamedError } from '../../error-pages.ts';
import type { MigrationSession } from '../connection.ts';
import { findFailedLine, type ScriptError } from './failed-line.ts';
import { checksumOf, type Migration, SCRIPT_FILE } from './migration-files.ts';
import { withoutQuoted } from './sql-text.ts';

/** The script of a migration failed. It stays pending. */
export class MigrationFailedError extends NamedError {
  override readonly name = 'MigrationFailedError';

  constructor(message: string) {
    super('migration-failed', message);
  }
}

/** A migration's script was undone, because other transactions held a lock that it needs. It stays pending. */
export class MigrationBlockedError extends NamedError {
  override readonly name = 'MigrationBlockedError';

  constructor(migrationName: string) {
    super(
      'migration-blocked',
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

/** The SQLSTATE of a statement that creates what exists: a table, an index or the like. */
const DUPLICATE_TABLE = '42P07';

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
 * without a limit, and blocks nothing. A script that begins or ends a transaction is refused.
 *
 * @throws {MigrationFailedError | MigrationBlockedError} and the driver's error when the connection is lost.
 */
export async function applyMigration(
  session: MigrationSession,
  pending: PendingMigration,
  patienceMs: number,
): Promise<void> {
  const command = findTransactionCommand(pending.migration.script);
  if (command !== undefined) throw new MigrationFailedError(containsCommand(command, pending));
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const failure = await runInTransaction(session, pending);
    if (failure === undefined) return;
    const code = failure.isUndone ? failure.error.code : undefined;
    if (code === ACTIVE_TRANSACTION) return runAlone(session, pending);
    if (code !== LOCK_NOT_AVAILABLE) throw await toFailedError(failure, pending, session);
    if (performance.now() >= endMs) throw new MigrationBlockedError(pending.migration.name);
    await setTimeout(pauseMs);
  }
}

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
      const [end] = await run('SELECT pg_current_xact_id_if_assigned()::text AS "id"');
      if (end?.id !== transactionId) throw new MigrationFailedError(endedTransaction(pending));
      await run(record(pending));
    });
    return undefined;
  } catch (error) {
    if (!isScriptError(error)) throw error;
    // A script can end the transaction.
    const text = `SELECT pg_xact_status('${transactionId}') = 'aborted' AS "isUndone"`;
    const [row] = await session.run(text).catch(() => {
      throw error; // the connection is lost
    });
    return { error, isUndone: row?.isUndone === true };
  }
}

async function runAlone(session: MigrationSession, pending: PendingMigration): Promise<void> {
  await session.run(settings(pending, 0));
  const before = await findInvalidIndexes(session);
  try {
    await session.run(pending.migration.script);
  } catch (error) {
    if (!isScriptError(error)) throw error;
    const isUndone =
      error.code === ACTIVE_TRANSACTION ||
      // The error of the script is the one to report.
      (await dropInvalidIndexes(session, before).catch(() => false));
    if (error.code === DUPLICATE_TABLE)
      throw new MigrationFailedError(await indexExists(error, pending));
    throw await toFailedError({ error, isUndone }, pending, session);
  }
  await session.run(record(pending));
}

/** Drops the indexes that a failed statement has left invalid. Returns whether it has left any. */
async function dropInvalidIndexes(
  session: MigrationSession,
  before: readonly string[],
): Promise<boolean> {
  const left = (await findInvalidIndexes(session, notInWork)).filter(
    (index) => !before.includes(index),
  );
  for (const index of left) await session.run(`DROP INDEX CONCURRENTLY ${index}`);
  return left.length > 0;
}

/** The condition that no other session is building an index of the table. It would hold this lock. */
const notInWork = `NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_locks
  WHERE relation = indrelid AND mode = 'ShareUpdateExclusiveLock' AND pid <> pg_backend_pid())`;

/** Returns the invalid indexes, by quoted names with schemas. */
async function findInvalidIndexes(
  session: MigrationSession,
  condition = 'true',
): Promise<readonly string[]> {
  const rows = await session.run(`SELECT format('%I.%I', nspname, relname) AS "name"
    FROM pg_catalog.pg_index
    JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid AND relkind = 'i'
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT indisvalid AND ${condition}`);
  return rows.map(({ name }) => String(name));
}

/** Returns the settings of the session for a script. An earlier script may have changed them. */
const settings = ({ schema }: PendingMigration, lockTimeoutMs: number): string =>
  `SET lock_timeout = ${lockTimeoutMs}; SET search_path TO "${schema}"`;

/**
 * Returns the statement that records a migration, in Prisma Migrate's format, so that its commands still work on the
 * history.
 */
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
async function toFailedError(
  { error, isUndone }: Failure,
  pending: PendingMigration,
  session: MigrationSession,
): Promise<MigrationFailedError> {
  const advice =
    error.code === ACTIVE_TRANSACTION ? ' Put this statement into a migration of its own.' : '';
  const rest = isUndone
    ? nothingApplied
    : `A part of it may be applied, because it ends its transaction or cannot run in one: ${undoPart}`;
  const described = await describe(error, pending, isUndone ? session : undefined);
  return new MigrationFailedError(`${described}${advice} ${rest}`);
}

const nothingApplied = 'Nothing of it was applied: correct the script and run the command again.';

const undoPart = 'undo that part, correct the script, and run the command again.';

/** The index can be of a process that was killed after it was built, or amid that: then it is not valid. */
const indexExists = async (error: ScriptError, pending: PendingMigration): Promise<string> =>
  `${await describe(error, pending)} Perhaps a run was ended before it recorded this migration. ` +
  'Drop the index, or, if it is valid, write IF NOT EXISTS. Then run the command again.';

const containsCommand = (command: string, pending: PendingMigration): string =>
  `A migration failed: ${fileOf(pending)}: it contains ${command}, but the whole script runs in one transaction. ` +
  `Remove such commands, or split the script into several migrations. ${nothingApplied}`;

const endedTransaction = (pending: PendingMigration): string =>
  `A migration failed: ${fileOf(pending)}: it ends the transaction in which it runs. ` +
  `A part of it may be applied: ${undoPart}`;

async function describe(
  error: ScriptError,
  pending: PendingMigration,
  session?: MigrationSession,
): Promise<string> {
  const line = await findFailedLine(error, pending.migration.script, session);
  const place = line === undefined ? '' : `, line ${line}`;
  return `A migration failed: ${fileOf(pending)}${place}: ${error.message}.`;
}

const fileOf = ({ migration, migrationsDirectory }: PendingMigration): string =>
  join(migrationsDirectory, migration.name, SCRIPT_FILE);

/** A command at the begin of a statement. Savepoints are left out: they keep the transaction. */
const command =
  /(?:^|;)\s*(BEGIN|COMMIT|ABORT|(?:START|PREPARE)\s+TRANSACTION|ROLLBACK(?!(?:\s+(?:WORK|TRANSACTION))?\s+TO\b))\b/i;

/**
 * Returns the first command of a script that begins or ends a transaction, such as `COMMIT`. END is not recognized: it
 * also ends the body of a function in SQL.
 */
const findTransactionCommand = (script: string): string | undefined =>
  command.exec(withoutQuoted(script))?.[1]?.toUpperCase().replaceAll(/\s+/g, ' ');
