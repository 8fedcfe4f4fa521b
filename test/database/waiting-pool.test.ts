import { setImmediate } from 'node:timers/promises';
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

  /** A connection without the network in between. */
  function direct(): DatabaseConnection {
    const connection = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    open.push(connection);
    return connection;
  }

  const select = ({ database }: DatabaseConnection) => database.$queryRaw`SELECT 1 AS one`;

  /** Waits for the failure of work that would otherwise go on for longer than a test may. */
  async function fails(work: Promise<unknown>): Promise<void> {
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(toClientError(error)).toMatchObject(UNAVAILABLE);
  }

  const selectOnEach = (connection: DatabaseConnection) =>
    Promise.all([1, 2, 3, 4].map(() => select(connection)));

  it('gives up a statement, and uses no connection that was open', async () => {
    const connection = connect({ statementTimeoutMs: 300, maxConnections: 4 });
    await selectOnEach(connection);
    proxy.freeze();
    await fails(select(connection));
    // Four connections are lost, and only one of them was found to be.
    await selectOnEach(connection);
  });

  it('gives up a transaction without waiting again to undo it, and uses no connection that was open', async () => {
    const connection = connect({ statementTimeoutMs: 300, maxConnections: 4 });
    await selectOnEach(connection);
    let isGivenUp = false;
    let turns = 0;
    await fails(
      connection.database
        .$transaction(async (transaction) => {
          await transaction.$queryRaw`SELECT 1 AS one`;
          proxy.freeze();
          await transaction.$queryRaw`SELECT 2 AS two`.finally(() => {
            void (async () => {
              for (; !isGivenUp; turns += 1) await setImmediate();
            })();
          });
        })
        .finally(() => {
          isGivenUp = true;
        }),
    );
    // Another wait takes thousands of turns of the event loop.
    expect(turns).toBeLessThan(500);
    await selectOnEach(connection);
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
    await direct().migrations.query(`SELECT pg_advisory_lock(${key})::text`);
  });

  it('outlives connections that are cut amid statements, alone and in transactions', async () => {
    const connection = connect({ maxConnections: 2 });
    const { database } = connection;
    const sleep = 'SELECT pg_sleep(100)::text';
    const alone = fails(connection.migrations.query(sleep));
    const within = fails(
      database.$transaction((transaction) => transaction.$queryRawUnsafe(sleep)),
    );
    const sleeping = `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    await expect.poll(() => direct().migrations.query(sleeping)).toHaveLength(2);
    proxy.cut();
    await Promise.all([alone, within]);
    await select(connection);
  });

  it('limits all waits of a request to its budget, over any number of statements', async () => {
    const connection = connect({ maxConnections: 1 });
    await fails(
      within(500, async () => {
        for (;;) await connection.database.$queryRaw`SELECT pg_sleep(0.2)::text`;
      }),
    );
    await select(connection);
  });

  it('stops waiting for a free connection when the budget is used up, and releases it later', async () => {
    const connection = connect({ maxConnections: 1 });
    const holder = direct();
    const key = 4_705_153;
    await holder.migrations.query(`SELECT pg_advisory_lock(${key})::text`);
    const busy = connection.migrations.query(`SELECT pg_advisory_lock(${key})::text`);
    await fails(within(200, () => connection.ping()));
    await holder.close();
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
