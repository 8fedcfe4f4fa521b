import type { messages } from '@electric-sql/pglite';
import type pg from 'pg';
import type { MigrationSession } from '../connection.ts';
import { statementsOf, withoutQuoted } from './sql-text.ts';

/** An error of PostgreSQL, from either driver. */
export type ScriptError = pg.DatabaseError | messages.DatabaseError;

/** How long the search for a statement may take, in milliseconds: meanwhile it holds the locks of the script. */
const searchMs = 5_000;

/** A statement that could end the transaction of the search. It also ends the body of a function in SQL. */
const ending = /;\s*END\b/i;

/**
 * Finds the line of the statement that failed: by the position of the error, which few errors of DDL have, or by running
 * the statements again, one by one, in a transaction that is undone.
 *
 * @param session in which the script was undone. Undefined: it must not run again.
 */
export async function findFailedLine(
  error: ScriptError,
  script: string,
  session: MigrationSession | undefined,
): Promise<number | undefined> {
  const statements = statementsOf(script);
  if (error.position !== undefined) return lineAt(script, Number(error.position));
  if (statements.length === 1) return statements[0]?.line;
  if (session === undefined || ending.test(withoutQuoted(script))) return undefined;
  let line: number | undefined;
  const endMs = performance.now() + searchMs;
  await session
    .transaction(async (run) => {
      await run(`SET LOCAL statement_timeout = ${searchMs}`);
      for (const statement of statements) {
        if (performance.now() > endMs) break;
        await run(statement.text).catch((again: Partial<ScriptError>) => {
          if (again.message === error.message) line = statement.line;
          throw again;
        });
      }
      throw error; // undoes it
    })
    .catch(() => {});
  return line;
}

/** Returns the line of a position: that of a character, from 1. */
const lineAt = (script: string, position: number): number =>
  [...script].slice(0, position - 1).filter((character) => character === '\n').length + 1;
