import type { DatabaseConnection } from '../connection.ts';
import { type MigratedSchema, withDifference } from './migration-difference.ts';

/** A table of a Prisma schema that no migration makes, or a column of it. */
export interface Unmigrated {
  /** With its PostgreSQL schema, unless that is the schema of the tables. */
  readonly table: string;
  /** Absent: the whole table is missing. */
  readonly column?: string;
}

/**
 * Finds the tables and columns of a Prisma schema that no migration makes: those that its difference to the migrations
 * adds. What the migrations make beyond the schema is not reported, such as columns for SQL alone.
 *
 * @throws the engine's error for an invalid schema, and the driver's when the difference cannot be applied.
 */
export async function findUnmigrated(schema: MigratedSchema): Promise<readonly Unmigrated[]> {
  const missing = await withDifference(schema, async ({ sql, shadow }) => {
    const migrated = await readColumns(shadow, schema.schema);
    const tables = new Set(migrated.map(({ table }) => table));
    const columns = new Set(migrated.map(({ table, column }) => `${table}.${column}`));
    await shadow.migrations.exclusively(0, ({ run }) =>
      run(`SET search_path TO "${schema.schema}"; ${sql}`),
    );
    const added = (await readColumns(shadow, schema.schema)).filter(
      ({ table, column }) => !columns.has(`${table}.${column}`),
    );
    const newTables = new Set(added.map(({ table }) => table).filter((name) => !tables.has(name)));
    return [
      ...[...newTables].map((table) => ({ table })),
      ...added.filter(({ table }) => !newTables.has(table)),
    ];
  });
  return missing ?? [];
}

const readColumns = (
  { migrations }: DatabaseConnection,
  schema: string,
): Promise<readonly Required<Unmigrated>[]> =>
  migrations.query(
    `SELECT CASE table_schema WHEN '${schema}' THEN '' ELSE table_schema || '.' END || table_name AS "table",
       column_name AS "column"
     FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
     ORDER BY table_schema, table_name, ordinal_position`,
  );
