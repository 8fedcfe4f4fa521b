import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { freezes } from '../support/frozen-rounds.ts';
import { createPostgresCluster, postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';
import { cycle, prove, roundsOf } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- frozen-node`: two nodes over a PostgreSQL server of their own, of which one and then the other is
 * frozen. `test/cli/frozen-node.test.ts` runs a round of each kind.
 */
const rounds = roundsOf(20);
const gatehouse = useGatehouse();

it.skipIf(postgresBinaries === undefined)(
  `keeps the notification queue empty in ${rounds} rounds in which a node is frozen`,
  async () => {
    const cluster = await createPostgresCluster();
    onTestFinished(() => cluster.remove());
    const settings = { LOGIN_ATTEMPTS_PER_ADDRESS: '100000' };
    const nodes = await startTwoNodes(gatehouse, settings, { databaseUrl: cluster.url });
    // Each node is frozen in both ways.
    const traffics = cycle(rounds, ['quiet', 'quiet', 'flooded', 'flooded'] as const);
    const found = await prove(freezes(nodes), traffics);
    expect(found.faults).toEqual([]);
    for (const traffic of new Set(traffics)) {
      expect(found.most(`${traffic}: ended`)).toBeLessThan(7_000);
      expect(found.most(`${traffic}: usage`)).toBeLessThan(0.01);
    }
    const most = ['quiet', 'flooded'].map((traffic) => found.most(`${traffic}: ended`));
    recordFigure('frozen-node.ended', Math.round(Math.max(...most)));
  },
);
