import { eq, type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { type PgDatabase, type PgQueryResultHKT, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { type CustomClient, type DatabaseAccess, defineConfig } from 'gatehouse';
import { z } from 'zod';
import { createParcels } from './parcel.ts';

const table = pgTable('parcels', { id: uuid().primaryKey(), label: text().notNull() });

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

const parcels = createParcels<Drizzle>({
  async find(db, id) {
    const [parcel] = await db.select().from(table).where(eq(table.id, id));
    return parcel;
  },
  async relabel(tx, { id, label }) {
    const [parcel] = await tx.update(table).set({ label }).where(eq(table.id, id)).returning();
    return parcel;
  },
});

export default defineConfig({ domains: [parcels], database: connect });
