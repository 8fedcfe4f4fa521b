import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { createGatehouse } from '../../src/gatehouse/create-gatehouse.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

it('has what Gatehouse serves inside an existing server, once for each schema and not for each start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-access-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  await unpackDatabase(dataDir);
  const environment = { DATA_DIR: dataDir, BCRYPT_COST: '4' };
  for (let start = 0; start < 2; start += 1) {
    const { close } = await createGatehouse(roomsProject.config, {
      environment,
      directory: roomsProject.directory,
      logDestination: { write: () => {} },
      onFirstAdmin: () => {},
    });
    await close();
  }
  const { database, close } = await connectEmbedded(dataDir);
  const schemas = await database.accessSchema.findMany({ include: { runs: true } });
  await close();
  expect(schemas).toHaveLength(1);
  expect(schemas[0]?.schemaHash).toMatch(/^[0-9a-f]{16}$/);
  const [run, ...others] = schemas[0]?.runs ?? [];
  expect(others).toEqual([]);
  expect(run?.lastSeenAt.getTime()).toBeGreaterThan(run?.firstSeenAt.getTime() ?? 0);
});
