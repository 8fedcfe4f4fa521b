import { type CustomClient, type DatabaseAccess, defineConfig } from 'gatehouse';
import { createParcels, type Parcel } from './parcel.ts';

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

const parcels = createParcels<Sql>({
  async find(sql, id) {
    const { rows } = await sql.query<Parcel>('SELECT id, label FROM parcels WHERE id = $1', [id]);
    return rows[0];
  },
  async relabel(sql, { id, label }) {
    const text = 'UPDATE parcels SET label = $2 WHERE id = $1 RETURNING id, label';
    const { rows } = await sql.query<Parcel>(text, [id, label]);
    return rows[0];
  },
});

export default defineConfig({ domains: [parcels], database: connect });
