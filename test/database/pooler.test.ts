import { describe, expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { checkPooler } from '../../src/doctor/pooler-check.ts';
import { pgbouncer, startPgbouncer } from '../support/pgbouncer.ts';
import { asAdmin, createPostgresDatabase } from '../support/test-database.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const poolSize = 3;

/** A new database, whose sessions are in Tokyo, behind PgBouncer in transaction mode. */
async function pooledDatabase(maxPreparedStatements: number) {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  const name = new URL(url).pathname.slice(1);
  await asAdmin((admin) => admin.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`));
  const pooler = await startPgbouncer(url, { poolSize, maxPreparedStatements });
  onTestFinished(pooler.stop);
  return { name, directUrl: url, url: pooler.url };
}

const options = { onPoolError: () => {}, maxConnections: 8 };

describe.skipIf(pgbouncer === undefined || process.env.TEST_DATABASE_URL === undefined)(
  'PgBouncer in transaction mode',
  () => {
    it.each([
      { what: 'that follows prepared statements', maxPreparedStatements: 100 },
      { what: 'that does not follow prepared statements', maxPreparedStatements: 0 },
    ])(
      '$what serves two nodes with few connections, and notifications go around it',
      async (given) => {
        const { url, directUrl, name } = await pooledDatabase(given.maxPreparedStatements);
        const connections = [0, 1].map(() => connectPostgres({ ...options, url, directUrl }));
        const [one, other] = connections;
        if (one === undefined || other === undefined) throw new Error('There are two.');
        for (const each of connections) onTestFinished(() => each.close());
        const server = await startTestServer({ connection: one });
        onTestFinished(() => server.stop());
        const user = await server.aUser('STAFF', 'AUDITOR');

        const heard = new Promise<string>((resolve, reject) => {
          other.notifications
            .listen('gatehouse_test', { onPayload: resolve, onLost: () => {} })
            .then(
              () =>
                one.database.$executeRaw`SELECT gatehouse.send_event('gatehouse_test', 'heard')`,
            )
            .catch(reject);
        });
        expect(await heard).toBe('heard');

        const queries = [
          '{ me { id groups sessions { id } } }',
          '{ rooms { edges { cursor } } }',
          '{ auditEvents { edges { node { id } } } }',
        ];
        const asked = Array.from({ length: 60 }, (_, n) =>
          server.ask(queries[n % queries.length] ?? '', { token: user.accessToken }),
        );
        const loggedIn = Promise.all(
          Array.from({ length: 10 }, () => server.logIn(user.username, userPassword)),
        );
        const answers = await Promise.all(asked);
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        await loggedIn;
        const sessions = await asAdmin((admin) =>
          admin.query(
            `SELECT count(*)::int AS count FROM pg_stat_activity
           WHERE datname = '${name}' AND application_name = 'gatehouse'`,
          ),
        );
        expect(sessions.rows[0].count).toBeLessThanOrEqual(poolSize);

        // In the database's own zone, times would be nine hours wrong.
        const found = await one.database.user.findFirstOrThrow({
          where: { username: user.username },
        });
        expect(Math.abs(found.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      },
    );

    it.each([100, 0])(
      'runs each prepared write once, when it follows %i prepared statements',
      async (maxPreparedStatements) => {
        const { url, directUrl } = await pooledDatabase(maxPreparedStatements);
        const { read, migrations, close } = connectPostgres({ ...options, url, directUrl });
        onTestFinished(close);
        await migrations.query('CREATE TABLE written (n INTEGER)');
        const insert = {
          name: 'test_insert',
          text: 'INSERT INTO written (n) VALUES ($1::int) RETURNING n',
        };
        const numbers = Array.from({ length: 40 }, (_, n) => n);
        const answers = await Promise.all(numbers.map((n) => read(insert, [n])));
        expect(answers).toEqual(numbers.map((n) => [{ n }]));
        const found = await migrations.query('SELECT n FROM written ORDER BY n');
        expect(found).toEqual(numbers.map((n) => ({ n })));
      },
    );

    it('is examined by doctor, which says how to set the timeouts', async () => {
      const { url, directUrl } = await pooledDatabase(100);
      const database = { url, directUrl, dataDir: '', mayCreate: false, onPoolError: () => {} };
      const found = await checkPooler(database, 5_000);
      expect(found.map(({ state }) => state)).toEqual(['ok', 'warning']);
      const advice = found[1]?.advice ?? '';
      const [statements = ''] = /ALTER ROLE.*;/.exec(advice) ?? [];
      const role = connectPostgres({ ...options, url: directUrl });
      await role.migrations.query(statements);
      await role.close();
      const again = await pooledDatabaseAt(directUrl);
      expect(await checkPooler({ ...database, url: again }, 5_000)).toMatchObject([
        { state: 'ok' },
      ]);
      const elsewhere = await createPostgresDatabase();
      onTestFinished(elsewhere.drop);
      const wrong = await checkPooler({ ...database, directUrl: elsewhere.url }, 5_000);
      expect(wrong[0]).toMatchObject({
        state: 'problem',
        found: expect.stringContaining('different'),
      });
    });
  },
);

/** Another PgBouncer before the same database, whose connections are new. */
async function pooledDatabaseAt(directUrl: string): Promise<string> {
  const pooler = await startPgbouncer(directUrl, { poolSize, maxPreparedStatements: 100 });
  onTestFinished(pooler.stop);
  return pooler.url;
}
