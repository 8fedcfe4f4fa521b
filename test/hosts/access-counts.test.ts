import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rights } from '@graphql-gatehouse/rights';
import { expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { hosts } from '../contracts/hosts.ts';
import { startTimeoutMs, startWorld } from '../contracts/world.ts';
import { readUses } from '../support/rights-tables.ts';
import { unpackPreparedDatabase } from '../support/unpack-database.ts';

/** One of each kind: a plugin of Apollo Server, and one of Envelop. */
const tried = hosts.filter(({ name }) =>
  ['Apollo Server, standalone', 'GraphQL Yoga'].includes(name),
);

it.each(tried)(
  'the use of groups is counted in $name, and written when Gatehouse is closed',
  async ({ config, start }) => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-counts-'));
    await unpackPreparedDatabase(folder);
    const counted = { ...config, packages: [...(config.packages ?? []), rights()] };
    const host = { config: counted, start };
    const world = await startWorld(host, { environment: { DATA_DIR: folder } });
    try {
      const { accessToken: token } = await world.aUser(['AUDITOR']);
      const query = '{ auditEvents { pageInfo { hasNextPage } } }';
      for (const status of [200, 200]) {
        expect((await world.ask(query, { token })).status).toBe(status);
      }
      const refused = await world.ask(
        '{ auditEvents { pageInfo { hasNextPage } } users { pageInfo { hasNextPage } } }',
        {
          token: (await world.aUser([])).accessToken,
        },
      );
      expect(refused.status).toBe(403);
    } finally {
      await world.stop();
    }
    const connection = await connectEmbedded(folder);
    try {
      expect(await readUses(connection.database)).toContainEqual(
        expect.objectContaining({
          coordinate: 'Query.auditEvents',
          group: 'AUDITOR',
          alone: 2,
          amongOthers: 0,
        }),
      );
    } finally {
      await connection.close();
      await rm(folder, { recursive: true });
    }
  },
  startTimeoutMs,
);
