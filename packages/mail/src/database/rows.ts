import type { SqlTransaction } from 'graphql-gatehouse';
import { z } from 'zod';

/** Runs SQL, in a transaction or without one. */
export type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/** Texts and numbers alone, with a cast for each: clients of databases encode other values in different ways. */
export type SqlValue = string | number | boolean | null;

/** Runs a statement, and returns its rows. */
export async function readRows<Row>(
  sql: Sql,
  schema: z.ZodType<Row>,
  text: string,
  ...values: readonly SqlValue[]
): Promise<readonly Row[]> {
  return z.array(schema).parse(await sql.$queryRawUnsafe(text, ...values));
}

/** Runs a statement, and returns whether it has rows: of a write with `RETURNING`, those that were written. */
export async function hasRows(
  sql: Sql,
  text: string,
  ...values: readonly SqlValue[]
): Promise<boolean> {
  return (await readRows(sql, z.unknown(), text, ...values)).length > 0;
}

/** A point in time, as clients of databases return it. */
export const timeColumn = z.coerce.date();

/** Bytes that the statement encodes: `encode(column, 'hex')`. */
export const hexColumn = z.string().transform((hex) => new Uint8Array(Buffer.from(hex, 'hex')));

/** Encodes bytes for `decode($1, 'hex')`. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
