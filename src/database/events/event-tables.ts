import pg from 'pg';
import type { MigrationAccess } from '../connection.ts';

/** Tables of events that send none. */
export interface EventTables {
  readonly missing: readonly string[];
  /** Those without an enabled trigger that calls `notify_inserts` with the name of the table. */
  readonly silent: readonly string[];
}

/** Finds which of the tables send no events. Changes nothing, and needs no right to the tables. */
export async function readEventTables(
  { query }: Pick<MigrationAccess, 'query'>,
  tables: readonly string[],
): Promise<EventTables> {
  if (tables.length === 0) return { missing: [], silent: [] };
  const rows = await query<{
    readonly table: string;
    readonly exists: boolean;
    readonly sends: boolean;
  }>(
    `SELECT topic AS "table", count(pg_class.oid) > 0 AS "exists", COALESCE(bool_or(EXISTS (
       SELECT FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
         JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
       WHERE tgrelid = pg_class.oid AND tgenabled <> 'D' AND nspname = 'gatehouse' AND proname = 'notify_inserts'
         AND tgargs = convert_to(topic, 'UTF8') || '\\x00'
     )), false) AS "sends"
     FROM unnest(ARRAY[${tables.map(pg.escapeLiteral).join(', ')}]) AS topic
       LEFT JOIN (pg_catalog.pg_class JOIN pg_catalog.pg_namespace AS home ON home.oid = relnamespace AND relkind IN ('r', 'p'))
         ON topic = home.nspname || '.' || relname OR home.nspname = 'public' AND topic = relname
     GROUP BY topic`,
  );
  return {
    missing: rows.filter(({ exists }) => !exists).map(({ table }) => table),
    silent: rows.filter(({ exists, sends }) => exists && !sends).map(({ table }) => table),
  };
}
