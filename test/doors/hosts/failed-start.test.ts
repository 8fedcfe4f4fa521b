import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nats } from '@graphql-gatehouse/nats';
import { redis } from '@graphql-gatehouse/redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import invoices from '../../../examples/invoices/gatehouse.config.ts';
import { connectRedis } from '../../../packages/redis/src/connect-redis.ts';
import { createGatehouse } from '../../../src/gatehouse/create-gatehouse.ts';
import type { GatehouseConfig } from '../../../src/schema/project.ts';
import { type NatsServer, natsServer, startNatsServer } from '../../support/nats-server.ts';
import { watchResources } from '../../support/open-resources.ts';
import { freePort } from '../../support/postgres-cluster.ts';
import {
  asAdmin,
  createPostgresDatabase,
  type PostgresDatabase,
} from '../../support/postgres-database.ts';
import { type RedisServer, redisServer, startRedisServer } from '../../support/redis-server.ts';

const canRun =
  process.env.TEST_DATABASE_URL !== undefined &&
  redisServer !== undefined &&
  natsServer !== undefined;
const config = { ...invoices, packages: [nats(), redis()] };
const logDestination = { write: () => {} };

/** What each part that can fail is given, so that it does. */
interface Failure {
  readonly what: string;
  readonly given?: Partial<GatehouseConfig>;
  readonly settings?: Readonly<Record<string, string>>;
}

describe.runIf(canRun)('createGatehouse on PostgreSQL with Redis and NATS', () => {
  let database: PostgresDatabase;
  let counters: RedisServer;
  let carrier: NatsServer;
  /** Where the server of NATS says who is connected. */
  let monitor: string;
  let directory: string;
  let environment: Readonly<Record<string, string>>;
  const close = vi.fn(async () => {});
  const client = () => ({
    client: {},
    transaction: () => Promise.reject(new Error('Nothing is written.')),
    query: () => async () => [],
    close,
  });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-host-'));
    const monitorPort = await freePort();
    monitor = `http://127.0.0.1:${monitorPort}/connz`;
    [database, counters, carrier] = await Promise.all([
      createPostgresDatabase(),
      startRedisServer(),
      startNatsServer(['-js', '-m', String(monitorPort)]),
    ]);
    environment = {
      NODE_ENV: 'test',
      DATA_DIR: directory,
      BCRYPT_COST: '4',
      DATABASE_URL: database.url,
      RATE_LIMIT_URL: counters.url,
      EVENTS_URL: carrier.url,
    };
    const onFirstAdmin = () => {};
    await (
      await createGatehouse(config, { directory, environment, logDestination, onFirstAdmin })
    ).close();
  });
  afterAll(async () => {
    await database?.drop();
    await counters?.remove();
    await carrier?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  /** The connections that the servers see, beside the one that asks. */
  const connections = async () => {
    const inRedis =
      String(await counters.send('CLIENT', 'LIST'))
        .trim()
        .split('\n').length - 1;
    const inPostgres = await asAdmin(async (admin) => {
      const name = new URL(database.url).pathname.slice(1);
      const sql = 'SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = $1';
      return (await admin.query<{ open: number }>(sql, [name])).rows[0]?.open;
    });
    const response = await fetch(monitor, { headers: { connection: 'close' } });
    const { num_connections: inNats } = await response.json();
    return { inRedis, inPostgres, inNats };
  };

  const unreachable = 'postgresql://postgres@127.0.0.1:1/none';
  const failures: readonly Failure[] = [
    { what: 'the database cannot be reached', settings: { DATABASE_URL: unreachable } },
    {
      what: 'notifications cannot be received',
      settings: { DATABASE_DIRECT_URL: unreachable, MIGRATE: 'off' },
    },
    {
      what: 'the library of the data client throws',
      given: {
        database: () => {
          throw new TypeError('no client');
        },
      },
    },
    { what: 'the schema has a mistake', given: { guards: { 'Query.none': ['ADMIN'] } } },
    { what: 'the file of the keys is a folder', settings: { SIGNING_KEYS: tmpdir() } },
  ];

  it.each(failures)('leaves no connection open when $what', async ({ given, settings }) => {
    close.mockClear();
    const before = await connections();
    const leftOpen = watchResources();
    const opened = vi.fn(client);
    const project: GatehouseConfig = { ...config, database: opened, ...given };
    const started = createGatehouse(project, {
      directory,
      environment: { ...environment, ...settings },
      logDestination,
    });
    await expect(started).rejects.toThrow();
    expect(close).toHaveBeenCalledTimes(opened.mock.calls.length);
    await expect.poll(connections).toEqual(before);
    expect(await leftOpen()).toEqual([]);
  });

  it('does not go on connecting to a Redis that answers nothing', async () => {
    const attempts = { ofGatehouse: 0, ofOther: 0 };
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        attempts[String(data).includes('other-client') ? 'ofOther' : 'ofGatehouse'] += 1;
        socket.destroy();
      });
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('There is no port.');
    const host = `127.0.0.1:${address.port}`;
    const started = createGatehouse(
      { ...config, guards: { 'Query.none': ['ADMIN'] } },
      {
        directory,
        environment: { ...environment, RATE_LIMIT_URL: `redis://${host}` },
        logDestination,
      },
    );
    await expect(started).rejects.toThrow('Query.none');
    const { ofGatehouse } = attempts;
    expect(ofGatehouse).toBeGreaterThan(0);
    // A client like Gatehouse's reports when it would have tried again.
    const url = `redis://other-client:x@${host}`;
    const other = connectRedis({ url, scripts: {}, timeoutMs: 1_000 });
    await expect.poll(() => attempts.ofOther).toBeGreaterThan(2);
    other.close();
    silent.close();
    expect(attempts.ofGatehouse).toBe(ofGatehouse);
  });

  it('leaves no connection open when it is closed', async () => {
    const before = await connections();
    const leftOpen = watchResources();
    const gatehouse = await createGatehouse(config, { directory, environment, logDestination });
    await expect
      .poll(connections)
      .toMatchObject({ inRedis: before.inRedis + 1, inNats: before.inNats + 1 });
    await gatehouse.close();
    await expect.poll(connections).toEqual(before);
    expect(await leftOpen()).toEqual([]);
  });
});
