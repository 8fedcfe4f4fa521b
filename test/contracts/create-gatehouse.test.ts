import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGatehouse } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import config from '../../examples/invoices/gatehouse.config.ts';
import { watchResources } from '../support/open-resources.ts';
import { unpackPreparedDatabase } from '../support/unpack-database.ts';
import { startTimeoutMs } from './world.ts';

describe('createGatehouse', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-host-'));
    await unpackPreparedDatabase(dataDir);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const environment = () => ({ NODE_ENV: 'test', DATA_DIR: dataDir, BCRYPT_COST: '4' });
  const logDestination = { write: () => {} };

  const close = vi.fn(async () => {});
  const database = () => ({
    client: {},
    transaction: () => Promise.reject(new Error('Nothing is written.')),
    query: () => async () => [],
    close,
  });
  const withClient = { ...config, database };
  const failures = [
    {
      what: 'a password of the first ADMIN that is too short',
      given: withClient,
      settings: { ADMIN_PASSWORD: 'short' },
      error: 'FirstAdminError',
      closed: 1,
    },
    {
      what: 'a mistake in the schema',
      given: { ...withClient, guards: { 'Query.none': ['ADMIN'] } },
      settings: {},
      error: 'CompositionError',
      closed: 1,
    },
    {
      what: 'a file of signing keys that is a folder',
      given: withClient,
      settings: { SIGNING_KEYS: tmpdir() },
      error: 'SigningKeysError',
      closed: 0,
    },
    {
      what: 'a data client that throws',
      given: {
        ...config,
        database: (): ReturnType<typeof database> => {
          throw new TypeError('no client');
        },
      },
      settings: {},
      error: 'TypeError',
      closed: 0,
    },
  ];

  it.each(failures)(
    'leaves nothing open when it cannot start because of $what',
    async ({ given, settings, error, closed }) => {
      close.mockClear();
      const leftOpen = watchResources();
      const started = createGatehouse(given, {
        environment: { ...environment(), ...settings },
        logDestination,
      });
      await expect(started).rejects.toMatchObject({ name: error });
      expect(close).toHaveBeenCalledTimes(closed);
      expect(await leftOpen()).toEqual([]);
      expect(await readdir(dataDir)).not.toContain('gatehouse.lock');
    },
    startTimeoutMs,
  );

  it(
    'leaves nothing open when the listener of the first ADMIN throws',
    async () => {
      close.mockClear();
      const leftOpen = watchResources();
      const onFirstAdmin = () => {
        throw new RangeError('not shown');
      };
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-host-'));
      await unpackPreparedDatabase(folder);
      const started = createGatehouse(withClient, {
        environment: { ...environment(), DATA_DIR: folder },
        logDestination,
        onFirstAdmin,
      });
      await expect(started).rejects.toThrow('not shown');
      expect(close).toHaveBeenCalledTimes(1);
      expect(await leftOpen()).toEqual([]);
      expect(await readdir(folder)).not.toContain('gatehouse.lock');
      await rm(folder, { recursive: true, force: true });
    },
    startTimeoutMs,
  );

  it(
    'takes the settings of the process when none are given, reports the first ADMIN once, and leaves nothing open when it is closed',
    async () => {
      const leftOpen = watchResources();
      for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
      const onFirstAdmin = vi.fn();
      // The folder's lock was given up by the start that failed.
      const gatehouse = await createGatehouse(config, { onFirstAdmin, logDestination });
      await gatehouse.close();
      await gatehouse.close();
      await (await createGatehouse(config, { onFirstAdmin, logDestination })).close();
      expect(onFirstAdmin.mock.calls).toEqual([
        [{ username: 'admin', generatedPassword: expect.any(String) }],
      ]);
      expect(await leftOpen()).toEqual([]);
      expect(await readdir(dataDir)).not.toContain('gatehouse.lock');
    },
    startTimeoutMs,
  );

  it('lists what is wrong with the settings', async () => {
    const started = createGatehouse(config, { environment: { PORT: 'x', BCRYPT_COST: 'y' } });
    await expect(started).rejects.toThrow(/PORT[\s\S]*BCRYPT_COST|BCRYPT_COST[\s\S]*PORT/);
  });
});
