import type { Database } from './connection.ts';

const tablePattern = /^([a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*$/;

/**
 * Creates the function that reads ids of a table whose key is a UUID column `id`.
 *
 * It returns undefined for a table whose trigger of `notify_inserts` also fires for updates.
 *
 * @throws {RangeError} from the function, when `table` is not a simple lower-case name.
 */
export const createReadIds =
  (database: Database) =>
  async (table: string, firstId: string, limit: number): Promise<readonly string[] | undefined> => {
    if (!tablePattern.test(table)) throw new RangeError(`${table} is not the name of a table.`);
    const [trigger] = await database.$queryRawUnsafe<readonly { readonly updates: boolean }[]>(
      updateTriggers,
      table,
    );
    if (trigger?.updates === true) return undefined;
    const rows = await database.$queryRawUnsafe<readonly { readonly id: string }[]>(
      `SELECT id FROM ${table} WHERE id >= $1::uuid ORDER BY id LIMIT $2::int`,
      firstId,
      limit,
    );
    return rows.map(({ id }) => id);
  };

/** Bit 4 of `tgtype` is UPDATE (PostgreSQL, `catalog/pg_trigger.h`). */
const updateTriggers = `SELECT EXISTS (
    SELECT 1 FROM pg_catalog.pg_trigger AS trigger
    JOIN pg_catalog.pg_proc AS function ON function.oid = trigger.tgfoid
    WHERE trigger.tgrelid = pg_catalog.to_regclass($1::text)
      AND function.proname = 'notify_inserts'
      AND function.pronamespace = 'gatehouse'::regnamespace
      AND trigger.tgtype::integer & 16 <> 0
  ) AS updates`;
