import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { hear } from '../support/notifications.ts';
import {
  createPostgresCluster,
  type PostgresCluster,
  postgresBinaries,
} from '../support/postgres-cluster.ts';
import { migrationsDirectory } from '../support/test-database.ts';

const writers = 4;

/** A migrated database of the cluster, with a table whose trigger sends the ids of new rows. */
async function connectMigrated({ url }: PostgresCluster) {
  const connection = connectPostgres({ url, onPoolError: () => {} });
  onTestFinished(() => connection.close());
  await migrate({ connection, migrationsDirectory });
  await connection.migrations.query(
    'CREATE TABLE news (id UUID PRIMARY KEY DEFAULT gen_random_uuid())',
  );
  await connection.migrations.query(`
    CREATE TRIGGER news_notify AFTER INSERT ON news
      FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('news')`);
  return connection;
}

/** Inserts rows until the connection breaks. Adds the ids of acknowledged rows to `acknowledged`. */
async function writeUntilBroken(url: string, acknowledged: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // the insert rejects too
  try {
    await client.connect(); // the crash may come before
    for (;;) {
      const { rows } = await client.query<{ id: string }>(
        'INSERT INTO news DEFAULT VALUES RETURNING id',
      );
      acknowledged.push(...rows.map(({ id }) => id));
    }
  } catch {
    await client.end().catch(() => {});
  }
}

it.skipIf(postgresBinaries === undefined)(
  'delivers every committed event once when PostgreSQL crashes amid writes',
  async () => {
    const cluster = await createPostgresCluster();
    onTestFinished(() => cluster.remove());
    const connection = await connectMigrated(cluster);
    const heard = await hear(connection.notifications, 'news');
    const acknowledged: string[] = [];

    for (let crash = 1; crash <= 3; crash += 1) {
      const writing = Array.from({ length: writers }, () =>
        writeUntilBroken(cluster.url, acknowledged),
      );
      const enough = acknowledged.length + 100;
      await expect.poll(() => acknowledged.length, { interval: 5 }).toBeGreaterThan(enough);
      await cluster.stopAtOnce();
      await Promise.all(writing);
      await cluster.start();
    }

    // Includes rows that were committed while the answer was lost.
    const rows = await connection.migrations.query<{ id: string }>('SELECT id FROM public.news');
    const committed = rows.map(({ id }) => String(id)).sort();
    await expect.poll(() => heard.payloads.length).toBeGreaterThanOrEqual(committed.length);
    expect(heard.payloads.toSorted()).toEqual(committed);
    expect(acknowledged.filter((id) => !committed.includes(id))).toEqual([]);
    expect(heard.losses).toBe(0);
    await expect.poll(() => cluster.query('SELECT 1 FROM gatehouse.outbox')).toEqual([]);
  },
);
