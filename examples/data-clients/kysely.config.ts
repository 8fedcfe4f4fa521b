import { type CustomClient, type DatabaseAccess, defineConfig } from 'gatehouse';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { createParcels, type Parcel } from './parcel.ts';

type Database = Kysely<{ parcels: Parcel }>;

/** Kysely, on PostgreSQL alone: its dialect for the embedded database needs Node.js 22. */
function connect(access: DatabaseAccess): CustomClient<Database> {
  if (access.kind === 'embedded') throw new Error('This example needs DATABASE_URL.');
  const client: Database = new Kysely({ dialect: new PostgresDialect({ pool: access.pool }) });
  return {
    client,
    transaction: (work) => client.transaction().execute(work),
    query: (tx) => async (text, values) =>
      (await tx.executeQuery<object>(CompiledQuery.raw(text, [...values]))).rows,
  };
}

const parcels = createParcels<Database>({
  find: (db, id) => db.selectFrom('parcels').selectAll().where('id', '=', id).executeTakeFirst(),
  relabel: (tx, { id, label }) =>
    tx.updateTable('parcels').set({ label }).where('id', '=', id).returningAll().executeTakeFirst(),
});

export default defineConfig({ domains: [parcels], database: connect });
