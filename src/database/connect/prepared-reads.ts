import { createHash } from 'node:crypto';
import pg from 'pg';
import type { PreparedStatement, Read } from '../connection.ts';

/**
 * SQLSTATEs behind a pooler in transaction mode that does not support prepared statements: the statement is missing on
 * the connection, or another client has prepared it there.
 */
const unfollowed: ReadonlySet<string> = new Set(['26000', '42P05']);

/**
 * Creates the function that runs statements which each connection prepares once. Behind a pooler that does not follow
 * them (PgBouncer before 1.21, or with `max_prepared_statements=0`), it notices by the first error, and then prepares
 * none.
 */
export function createPreparedReads(pool: Pick<pg.Pool, 'query'>): Read {
  const names = new Map<string, string>();
  let isFollowed = true;

  /** Of the text too: behind such a pooler, a node of another version may have prepared this name. */
  function nameOf({ name, text }: PreparedStatement): string {
    const known = names.get(text);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const made = `${name}_${digest}`;
    names.set(text, made);
    return made;
  }

  return async <Row extends object>(statement: PreparedStatement, values: readonly unknown[]) => {
    const { text } = statement;
    const unnamed = { text, values: [...values] };
    if (isFollowed) {
      try {
        return (await pool.query<Row>({ name: nameOf(statement), ...unnamed })).rows;
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || !unfollowed.has(error.code ?? '')) throw error;
        isFollowed = false;
      }
    }
    return (await pool.query<Row>(unnamed)).rows;
  };
}
