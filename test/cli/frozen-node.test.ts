import { expect, it, onTestFinished } from 'vitest';
import { freezes } from '../support/frozen-rounds.ts';
import { createPostgresCluster, postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';
import { run } from '../support/rounds.ts';
import { sampleOf } from '../support/sample.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- frozen-node` runs more of them, and measures. The queue is one for a server: it needs its own. */
it.skipIf(postgresBinaries === undefined)(
  'a frozen node does not keep the notification queue, and misses nothing when it goes on',
  async () => {
    const cluster = await createPostgresCluster();
    onTestFinished(() => cluster.remove());
    const nodes = await startTwoNodes(gatehouse, {}, { databaseUrl: cluster.url });
    const traffics = sampleOf(['flooded', 'quiet'] as const);
    const found = await run(freezes(nodes), traffics);
    expect(found.faults).toEqual([]);
    for (const traffic of traffics) {
      expect(found.most(`${traffic}: usage`)).toBeLessThan(0.01);
      // A change that waited for the frozen node would take as long as PostgreSQL, which ends its connection.
      const endedMs = found.most(`${traffic}: ended`);
      expect(found.most(`${traffic}: change`)).toBeLessThan(endedMs / 2);
    }
  },
);
