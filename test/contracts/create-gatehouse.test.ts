import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGatehouse } from 'gatehouse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import config from '../../examples/invoices/gatehouse.config.ts';
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

  it(
    'leaves nothing open when it cannot start',
    async () => {
      const started = createGatehouse(config, {
        environment: { ...environment(), ADMIN_PASSWORD: 'short' },
        logDestination,
      });
      await expect(started).rejects.toMatchObject({ name: 'FirstAdminError' });
    },
    startTimeoutMs,
  );

  it(
    'takes the settings of the process when none are given, and tells of the first ADMIN once',
    async () => {
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
    },
    startTimeoutMs,
  );

  it('lists what is wrong with the settings', async () => {
    const started = createGatehouse(config, { environment: { PORT: 'x', BCRYPT_COST: 'y' } });
    await expect(started).rejects.toThrow(/PORT[\s\S]*BCRYPT_COST|BCRYPT_COST[\s\S]*PORT/);
  });
});
