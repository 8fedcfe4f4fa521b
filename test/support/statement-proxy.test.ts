import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPostgresDatabase } from './postgres-database.ts';
import { startStatementProxy } from './statement-proxy.ts';

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('a proxy of statements', () => {
  it.each([
    { moment: 'before', rows: 0 },
    { moment: 'after', rows: 1 },
  ] as const)('stops a connection $moment COMMIT', async ({ moment, rows }) => {
    const { url, drop } = await createPostgresDatabase();
    onTestFinished(drop);
    const proxy = await startStatementProxy(url);

    const clients = [url, proxy.url].map((connectionString) => new pg.Client(connectionString));
    const [direct, stopped] = clients;
    if (direct === undefined || stopped === undefined) throw new Error('unreachable');
    for (const client of clients) await client.connect();
    onTestFinished(() => direct.end());
    stopped.on('error', () => {});
    await direct.query('CREATE TABLE given (id int)');

    const reached = proxy.stopAt({ moment, isReached: (statement) => statement === 'COMMIT' });
    await stopped.query('BEGIN');
    await stopped.query('INSERT INTO given VALUES ($1)', [1]);
    const committed = stopped.query('COMMIT').catch((error: Error) => error.message);
    expect(await reached).toBe('COMMIT');
    expect(proxy.statements).toEqual(['BEGIN', 'INSERT INTO given VALUES ($1)', 'COMMIT']);
    await proxy.close();
    expect(await committed).toMatch(/terminated/);
    await expect.poll(async () => (await direct.query('SELECT FROM given')).rowCount).toBe(rows);
  });
});
