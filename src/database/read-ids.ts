import type { Database } from './connection.ts';

const tablePattern = /^([a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*$/;

/**
 * Makes the function that reads ids of a table whose key is a UUID column `id`.
 *
 * @throws {RangeError} from the function, when `table` is not a plain name.
 */
export const createReadIds =
  (database: Database) =>
  async (table: string, firstId: string, limit: number): Promise<readonly string[]> => {
    if (!tablePattern.test(table)) throw new RangeError(`${table} is not the name of a table.`);
    const rows = await database.$queryRawUnsafe<readonly { readonly id: string }[]>(
      `SELECT id FROM ${table} WHERE id >= $1::uuid ORDER BY id LIMIT $2::int`,
      firstId,
      limit,
    );
    return rows.map(({ id }) => id);
  };
