import type { MigrationAccess } from '../connection.ts';

/** A column of a table, or with no `column` a table without one. */
export interface StoredColumn {
  /** PostgreSQL's number of the table, which a new name does not change. */
  readonly tableId: number;
  /** With its PostgreSQL schema, unless that is the schema of the tables. */
  readonly table: string;
  /** PostgreSQL's number of the column in the table, which a new name does not change. */
  readonly number: number | null;
  readonly column: string | null;
  /** In SQL: `character varying(20)`. */
  readonly type: string | null;
  /** The name of the type without its limits: `varchar`. Of an array: `_varchar`. */
  readonly typeName: string | null;
  /** The limits of the type, as in `pg_attribute.atttypmod`. -1: none. */
  readonly limits: number | null;
}

/**
 * Reads the columns of all tables, in their order. Generated columns are left out: what they contain is in others.
 *
 * @param schema the PostgreSQL schema of the tables
 */
export const readColumns = (
  { query }: Pick<MigrationAccess, 'query'>,
  schema: string,
): Promise<readonly StoredColumn[]> =>
  query(
    `SELECT pg_class.oid::int AS "tableId",
       CASE nspname WHEN '${schema}' THEN '' ELSE nspname || '.' END || relname AS "table",
       attnum AS "number", attname AS "column", format_type(atttypid, atttypmod) AS "type",
       typname AS "typeName", atttypmod AS "limits"
     FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
       LEFT JOIN pg_catalog.pg_attribute
         ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
       LEFT JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
     WHERE relkind IN ('r', 'p') AND NOT relispartition
       AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
     ORDER BY nspname, relname, attnum`,
  );
