import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listUses, recordUses } from '../../packages/operations/src/known/version-uses.store.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const at = (second: number) => new Date(second * 1000);
const use = (version: string, seen: number, needed: number | null = null) => ({
  app: 'web',
  version,
  lastSeenAt: at(seen),
  lastNeededAt: needed === null ? null : at(needed),
});

describe('the recorded uses of versions', () => {
  it('keep the latest of each time, whatever the order of the nodes is', async () => {
    const sql = server.connection.database;
    await recordUses(sql, [use('2', 20), use('1', 10, 10)]);
    await recordUses(sql, [use('1', 5, 12), use('2', 30)]);
    await recordUses(sql, [use('1', 11)]);
    const found = await listUses(sql);
    expect(found.toSorted((left, right) => Number(left.version) - Number(right.version))).toEqual([
      use('1', 11, 12),
      use('2', 30),
    ]);
  });

  it('are those of 20 nodes that write at the same time', async () => {
    const sql = server.connection.database;
    const versions = Array.from({ length: 10 }, (_, version) => `v${version}`);
    await Promise.all(
      Array.from({ length: 20 }, (_, node) => {
        const uses = versions.map((version) => use(version, node));
        return recordUses(sql, node % 2 === 0 ? uses : uses.toReversed());
      }),
    );
    const found = (await listUses(sql)).filter(({ version }) => version.startsWith('v'));
    expect(found.map(({ lastSeenAt }) => lastSeenAt)).toEqual(versions.map(() => at(19)));
  });
});
