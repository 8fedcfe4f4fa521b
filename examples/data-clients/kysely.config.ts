import { type CustomClient, type DatabaseAccess, defineConfig } from 'graphql-gatehouse';
import { CompiledQuery, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import { createParcels, type ParcelStore } from './parcel.ts';

interface ParcelRow {
  readonly id: string;
  readonly label: string;
  readonly recipient_id: string | null;
}

type Database = Kysely<{ parcels: ParcelRow }>;
type Condition = RawBuilder<boolean>;

/** Of which no parcel is left out. */
const always: Condition = sql<boolean>`true`;

const columns = ['id', 'label', 'recipient_id as recipientId'] as const;

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

export const store: ParcelStore<Database, Condition> = {
  find: (db, id) =>
    db.selectFrom('parcels').select(columns).where('id', '=', id).executeTakeFirst(),
  list(db, { filter = always, afterId, limit }) {
    const query = db.selectFrom('parcels').select(columns).where(filter);
    const following = afterId === undefined ? query : query.where('id', '>', afterId);
    return following.orderBy('id').limit(limit).execute();
  },
  async count(db, filter = always) {
    const { total } = await db
      .selectFrom('parcels')
      .select(({ fn }) => fn.countAll<string>().as('total'))
      .where(filter)
      .executeTakeFirstOrThrow();
    return Number(total);
  },
  isFor: (userId) =>
    userId === undefined ? sql<boolean>`false` : sql<boolean>`recipient_id = ${userId}`,
  relabel: (tx, { id, label }) =>
    tx
      .updateTable('parcels')
      .set({ label })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst(),
};

export default defineConfig({
  domains: [createParcels(store)],
  database: connect,
  combineFilters: {
    any: (filters: readonly Condition[]) => sql<boolean>`(${sql.join(filters, sql` OR `)})`,
    all: (filters: readonly Condition[]) => sql<boolean>`(${sql.join(filters, sql` AND `)})`,
  },
});
