import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connectPostgres,
  type PostgresOptions,
} from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { toClientError } from '../../src/database/errors.ts';
import { createRequestBudget } from '../../src/database/time/request-budget.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/postgres-database.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { hasPostgres } from './databases.ts';

const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE' };

/** Runs work as a request that may take this long. */
const within = (totalMs: number, work: () => Promise<unknown>): Promise<unknown> =>
  createRequestBudget({ kind: 'postgresql' }, { totalMs, deadlineMs: 60_000 }).withinBudget(work);

describe.runIf(hasPostgres)('a pool before a network that swallows', () => {
  let postgres: PostgresDatabase;
  let proxy: TcpProxy;
  const open: DatabaseConnection[] = [];

  beforeAll(async () => {
    postgres = await createPostgresDatabase();
  });
  afterAll(() => postgres.drop());
  beforeEach(async () => {
    proxy = await startTcpProxy(postgres.url);
  });
  afterEach(async () => {
    await proxy.close();
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  function connect(options: Partial<PostgresOptions>): DatabaseConnection {
    const url = proxy.url;
    const connection = connectPostgres({ url, onPoolError: () => {}, ...options });
    open.push(connection);
    return connection;
  }

  const select = ({ database }: DatabaseConnection) => database.$queryRaw`SELECT 1 AS one`;
  const selectTwice = (connection: DatabaseConnection) =>
    connection.database.$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT 1 AS one`;
      proxy.freeze();
      await transaction.$queryRaw`SELECT 2 AS two`;
    });

  async function fails(work: Promise<unknown>): Promise<number> {
    const begunAtMs = performance.now();
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(toClientError(error)).toMatchObject(UNAVAILABLE);
    return performance.now() - begunAtMs;
  }

  it.each([
    { what: 'a statement', work: select },
    { what: 'a transaction, which is not waited for again to be undone', work: selectTwice },
  ])('gives up $what in time, and uses no connection that was open', async ({ work }) => {
    const connection = connect({ statementTimeoutMs: 300, maxConnections: 4 });
    await Promise.all([1, 2, 3, 4].map(() => select(connection)));
    proxy.freeze();
    expect(await fails(work(connection))).toBeLessThan(1_000);
    // Four connections are lost, and only one of them was found to be.
    await Promise.all([1, 2, 3, 4].map(() => select(connection)));
  });

  it('leaves no lock behind for long, when a transaction has been cut off between two statements', async () => {
    const { database } = connect({ statementTimeoutMs: 300 });
    const key = 4_705_152;
    await fails(
      database.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT pg_advisory_xact_lock(${key}::bigint)::text`;
        proxy.freeze();
        await transaction.$queryRaw`SELECT 1 AS one`;
      }),
    );
    const begunAtMs = performance.now();
    const other = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    open.push(other);
    await other.migrations.query(`SELECT pg_advisory_lock(${key})::text`);
    expect(performance.now() - begunAtMs).toBeLessThan(5_000);
  });

  it('outlives connections that are cut amid statements, alone and in transactions', async () => {
    const connection = connect({ maxConnections: 2 });
    const { database } = connection;
    const sleep = 'SELECT pg_sleep(5)::text';
    const alone = fails(connection.migrations.query(sleep));
    const within = fails(
      database.$transaction((transaction) => transaction.$queryRawUnsafe(sleep)),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.cut();
    await Promise.all([alone, within]);
    await select(connection);
  });

  it('limits all waits of a request to its budget, over any number of statements', async () => {
    const connection = connect({ maxConnections: 1 });
    const waitedMs = fails(
      within(500, async () => {
        for (;;) await connection.database.$queryRaw`SELECT pg_sleep(0.2)::text`;
      }),
    );
    expect(await waitedMs).toBeLessThan(1_200);
    await select(connection);
  });

  it('stops waiting for a free connection when the budget is used up, and releases it later', async () => {
    const connection = connect({ maxConnections: 1 });
    const busy = connection.migrations.query('SELECT pg_sleep(0.8)::text');
    await fails(within(200, () => connection.ping()));
    await busy;
    await select(connection);
  });

  it('keeps the connection when only the statement was wrong', async () => {
    const connection = connect({ maxConnections: 1 });
    const pid = 'SELECT pg_backend_pid() AS pid';
    const before = await connection.migrations.query<{ pid: number }>(pid);
    await expect(connection.migrations.query('SELECT nonsense')).rejects.toMatchObject({
      code: '42703',
    });
    expect(await connection.migrations.query<{ pid: number }>(pid)).toEqual(before);
  });
});
