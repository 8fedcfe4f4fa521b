import type { SqlTransaction } from '../../values/sql-transaction.ts';

/** Runs SQL, in a transaction or without one. */
export type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/**
 * A bound value of a statement. Clients of databases encode values in different ways, so write a cast for each:
 * `${count}::int`. A Date becomes a text.
 */
export type SqlValue = string | number | boolean | Date | null;

/** A function for a template with values and fragments of SQL. */
type Template<TResult> = (
  texts: TemplateStringsArray,
  ...values: readonly (SqlValue | SqlFragment)[]
) => TResult;

/** A part of statements, with the values in it. Only `fragment` makes one, so that no text of a client becomes SQL. */
class SqlFragment {
  readonly texts: readonly string[];
  readonly values: readonly (SqlValue | SqlFragment)[];

  constructor(texts: readonly string[], values: readonly (SqlValue | SqlFragment)[]) {
    this.texts = texts;
    this.values = values;
  }
}

export type { SqlFragment };

/** Makes a part of statements, such as a list of columns or a condition: ``fragment`user_id = ${userId}::uuid` ``. */
export const fragment: Template<SqlFragment> = (texts, ...values) => new SqlFragment(texts, values);

/**
 * Makes the right side of `id = ...` for a list of UUIDs. An array, of which PostgreSQL expects few ids: with a subquery, it
 * may read the whole table.
 */
export const anyOf = (ids: readonly string[]): SqlFragment => fragment`
  ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) AS value))`;

/** What parses a row, such as an object schema of zod. */
interface RowSchema<TRow> {
  parse(row: unknown): TRow;
}

/** Runs a statement, and returns its rows: ``await readRows(sql, schema)`SELECT ...` ``. */
export const readRows =
  <TRow>(sql: Sql, schema: RowSchema<TRow>): Template<Promise<readonly TRow[]>> =>
  async (texts, ...values) =>
    (await ask(sql, texts, values)).map((row) => schema.parse(row));

/** Runs a statement that has one row or none. */
export const findRow =
  <TRow>(sql: Sql, schema: RowSchema<TRow>): Template<Promise<TRow | undefined>> =>
  async (...statement) =>
    (await readRows(sql, schema)(...statement))[0];

/** Runs a statement that always has a row. @throws {Error} when it has none. */
export const readRow =
  <TRow>(sql: Sql, schema: RowSchema<TRow>): Template<Promise<TRow>> =>
  async (...statement) => {
    const row = await findRow(sql, schema)(...statement);
    if (row === undefined) throw new Error('A statement returned no row.');
    return row;
  };

/** Runs a statement, and returns whether it has rows: of a write with `RETURNING`, those that were written. */
export const hasRows =
  (sql: Sql): Template<Promise<boolean>> =>
  async (texts, ...values) =>
    (await ask(sql, texts, values)).length > 0;

/** Runs a statement for its effect. */
export const runSql =
  (sql: Sql): Template<Promise<void>> =>
  async (texts, ...values) => {
    await ask(sql, texts, values);
  };

async function ask(
  sql: Sql,
  ...statement: ConstructorParameters<typeof SqlFragment>
): Promise<readonly unknown[]> {
  const bound: unknown[] = [];
  const text = write(new SqlFragment(...statement), bound).trim();
  const rows = await sql.$queryRawUnsafe(text, ...bound);
  if (Array.isArray(rows)) return rows;
  throw new TypeError('The database returned no list of rows.');
}

/** Returns the text of a statement, and adds its values to those that are bound. */
const write = ({ texts, values }: SqlFragment, bound: unknown[]): string =>
  texts.reduce((before, text, index) => {
    const value = values[index - 1];
    if (value instanceof SqlFragment) return `${before}${write(value, bound)}${text}`;
    bound.push(toBound(value));
    return `${before}$${bound.length}${text}`;
  });

function toBound(value: SqlValue | undefined): string | number | boolean | null {
  if (value instanceof Date) return value.toISOString();
  if (value !== undefined && (value === null || typeof value !== 'object')) return value;
  throw new TypeError(
    'A value of a statement must be a text, a number, a boolean, a Date or null.',
  );
}

/** Rows to be removed. `key` is a column that names a row, such as its id or `ctid`. `condition` should have an index. */
export interface RemovedRows {
  readonly table: SqlFragment;
  readonly key: SqlFragment;
  readonly condition: SqlFragment;
}

/** At most so many rows are removed by one statement. */
const batchSize = 1000;

/** Removes rows in batches, each in a transaction of its own, until none is left or `isStopped` returns true. */
export async function removeRows(
  sql: Sql,
  { table, key, condition }: RemovedRows,
  isStopped: () => boolean,
): Promise<void> {
  let removed = batchSize;
  while (removed === batchSize && !isStopped()) {
    const rows = await readRows(sql, { parse: () => undefined })`
      DELETE FROM ${table} WHERE ${key} = ANY (ARRAY(
        SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED))
      RETURNING 1 AS removed`;
    removed = rows.length;
  }
}

/** A table, and the time at which each of its rows ends. */
export type ExpiringRows = readonly [table: SqlFragment, endsAt: SqlFragment];

/** Removes rows whose time is over by more than an hour, since the clocks of nodes can differ, in batches as `removeRows`. */
export async function removeExpiredRows(
  sql: Sql,
  tables: readonly ExpiringRows[],
  isStopped: () => boolean,
): Promise<void> {
  for (const [table, endsAt] of tables) {
    const condition = fragment`${endsAt} < now() - interval '1 hour'`;
    await removeRows(sql, { table, key: fragment`ctid`, condition }, isStopped);
  }
}
