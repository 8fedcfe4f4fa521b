import { and, asc, eq, gt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { type PgDatabase, type PgQueryResultHKT, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { type CustomClient, type DatabaseAccess, defineConfig } from 'graphql-gatehouse';
import { z } from 'zod';
import { createParcels, type ParcelStore } from './parcel.ts';

const table = pgTable('parcels', {
  id: uuid().primaryKey(),
  label: text().notNull(),
  recipientId: uuid('recipient_id'),
});

type Drizzle = PgDatabase<PgQueryResultHKT>;

/** Drizzle on PostgreSQL, and on the embedded database. */
function connect(access: DatabaseAccess): CustomClient<Drizzle> {
  const client: Drizzle =
    access.kind === 'embedded' ? drizzlePglite(access.pglite) : drizzlePg(access.pool);
  return {
    client,
    transaction: (work) => client.transaction(work),
    query: (tx) => async (words, values) =>
      resultSchema.parse(await tx.execute(toSql(words, values))).rows,
  };
}

const resultSchema = z.object({ rows: z.array(z.looseObject({})) });

/** SQL text with `$1`, `$2` as Drizzle has it. */
const toSql = (words: string, values: readonly unknown[]): SQL =>
  sql.join(
    words
      .split(/\$(\d+)/)
      .map((part, index) =>
        index % 2 === 0 ? sql.raw(part) : sql`${sql.param(values[Number(part) - 1])}`,
      ),
  );

export const store: ParcelStore<Drizzle, SQL> = {
  async find(db, id) {
    const [parcel] = await db.select().from(table).where(eq(table.id, id));
    return parcel;
  },
  async list(db, { filter, afterId, limit }) {
    const following = afterId === undefined ? undefined : gt(table.id, afterId);
    return db
      .select()
      .from(table)
      .where(and(filter, following))
      .orderBy(asc(table.id))
      .limit(limit);
  },
  count: (db, filter) => db.$count(table, filter),
  isFor: (userId) => (userId === undefined ? sql`false` : eq(table.recipientId, userId)),
  async relabel(tx, { id, label }) {
    const [parcel] = await tx.update(table).set({ label }).where(eq(table.id, id)).returning();
    return parcel;
  },
};

export default defineConfig({
  domains: [createParcels(store)],
  database: connect,
  combineFilters: {
    any: (filters: readonly SQL[]) => or(...filters),
    all: (filters: readonly SQL[]) => and(...filters),
  },
});
