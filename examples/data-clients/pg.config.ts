import { type CustomClient, type DatabaseAccess, defineConfig } from 'graphql-gatehouse';
import { createParcels, type Parcel, type ParcelStore } from './parcel.ts';

/** What pg's clients and PGlite have in common. */
interface Sql {
  query<Row>(text: string, values: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

/** Plain SQL: by pg on PostgreSQL, by PGlite on the embedded database. */
function connect(access: DatabaseAccess): CustomClient<Sql> {
  const query = (tx: Sql) => async (text: string, values: readonly unknown[]) =>
    (await tx.query<object>(text, [...values])).rows;
  if (access.kind === 'embedded') {
    const { pglite } = access;
    return { client: pglite, query, transaction: (work) => pglite.transaction((tx) => work(tx)) };
  }
  const { pool } = access;
  return {
    client: pool,
    query,
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that is gone has undone it already.
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
  };
}

/** A condition in SQL. `bind` adds a value, and returns its place, such as `$1`. */
type Condition = (bind: (value: unknown) => string) => string;

const columns = 'id, label, recipient_id AS "recipientId"';
const always: Condition = () => 'true';

/** Selects from the parcels by a condition. */
async function select<Row>(sql: Sql, selected: string, condition: Condition) {
  const values: unknown[] = [];
  const text = condition((value) => `$${values.push(value)}`);
  const { rows } = await sql.query<Row>(`SELECT ${selected} FROM parcels WHERE ${text}`, values);
  return rows;
}

export const store: ParcelStore<Sql, Condition> = {
  async find(sql, id) {
    const [parcel] = await select<Parcel>(sql, columns, (bind) => `id = ${bind(id)}`);
    return parcel;
  },
  list: (sql, { filter = always, afterId, limit }) =>
    select<Parcel>(sql, columns, (bind) => {
      const following = afterId === undefined ? 'true' : `id > ${bind(afterId)}`;
      return `${filter(bind)} AND ${following} ORDER BY id LIMIT ${bind(limit)}`;
    }),
  async count(sql, filter = always) {
    const [row] = await select<{ readonly total: number }>(sql, 'count(*)::int AS total', filter);
    return row?.total ?? 0;
  },
  isFor: (userId) =>
    userId === undefined ? () => 'false' : (bind) => `recipient_id = ${bind(userId)}`,
  async relabel(sql, { id, label }) {
    const text = `UPDATE parcels SET label = $2 WHERE id = $1 RETURNING ${columns}`;
    const { rows } = await sql.query<Parcel>(text, [id, label]);
    return rows[0];
  },
};

/** Joins conditions by a word of SQL. */
const join =
  (word: string) =>
  (conditions: readonly Condition[]): Condition =>
  (bind) =>
    `(${conditions.map((condition) => condition(bind)).join(` ${word} `)})`;

export default defineConfig({
  domains: [createParcels(store)],
  database: connect,
  combineFilters: { any: join('OR'), all: join('AND') },
});
