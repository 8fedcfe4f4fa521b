import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  connectDatabase,
  type DatabaseConnection,
  type DatabaseOptions,
} from '../../src/database/connect.ts';
import { createPostgresDatabase } from '../support/test-database.ts';
import { unpackDatabase } from '../support/unpack-database.ts';
import { hasPostgres } from './databases.ts';

const listeners = { mayCreate: true, onPoolError: () => {}, onFolderLost: () => {} };
let cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const each of cleanUp.toReversed()) await each();
  cleanUp = [];
});

/** A database with these limits; absent: the defaults. */
async function connect(
  kind: string,
  limits: NonNullable<DatabaseOptions['limits']> = {},
): Promise<DatabaseConnection> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-transaction-'));
  cleanUp.push(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = kind === 'postgresql' ? await createPostgresDatabase() : undefined;
  if (postgres === undefined) await unpackDatabase(dataDir); // faster than to make one
  if (postgres !== undefined) cleanUp.push(postgres.drop);
  const connection = await connectDatabase({ url: postgres?.url, dataDir, limits, ...listeners });
  cleanUp.push(connection.close);
  await connection.ping();
  return connection;
}

/** Lets so much time go by in the middle of a transaction. */
const transactionOf = ({ database }: DatabaseConnection, lastsMs: number): Promise<unknown> => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  return database.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1`;
    await vi.advanceTimersByTimeAsync(lastsMs);
    return transaction.$queryRaw`SELECT 2 AS two`;
  });
};

describe.each(['embedded', ...(hasPostgres ? ['postgresql'] : [])])(
  'a transaction of the database of kind %s',
  (kind) => {
    it('may last as long as its statements may take', async () => {
      const connection = await connect(kind, { statementTimeoutMs: 60_000 });
      expect(await transactionOf(connection, 59_000)).toEqual([{ two: 2 }]);
    });

    it('is undone after ten seconds, if statements may take no longer', async () => {
      const connection = await connect(kind);
      await expect(transactionOf(connection, 11_000)).rejects.toMatchObject({ code: 'P2028' });
    });
  },
);

it.runIf(hasPostgres)(
  'a transaction waits for a connection as long as the limits say',
  async () => {
    const limits = { maxConnections: 1, connectTimeoutMs: 30_000 };
    const { database } = await connect('postgresql', limits);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let waiting: Promise<unknown> = Promise.resolve();
    await database.$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT 1`;
      waiting = database.$transaction((next) => next.$queryRaw`SELECT 2 AS two`);
      waiting.catch(() => {}); // reported below
      await vi.advanceTimersByTimeAsync(8_000);
    });
    expect(await waiting).toEqual([{ two: 2 }]);
  },
);
