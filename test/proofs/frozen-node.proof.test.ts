import { expect, it, onTestFinished } from 'vitest';
import { freezeInRounds, type Traffic } from '../support/frozen-rounds.ts';
import { createPostgresCluster, postgresBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- frozen-node`: two nodes over a PostgreSQL server of their own, of which one and then the other is
 * frozen. `test/cli/frozen-node.test.ts` runs a round of each kind.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const gatehouse = useGatehouse();

it.skipIf(postgresBinaries === undefined)(
  `keeps the notification queue empty in ${rounds} rounds in which a node is frozen`,
  { timeout: 3_600_000 },
  async () => {
    const cluster = await createPostgresCluster();
    onTestFinished(() => cluster.remove());
    const settings = { LOGIN_ATTEMPTS_PER_ADDRESS: '100000' };
    const nodes = await startTwoNodes(gatehouse, settings, cluster.url);
    // Each node is frozen in both ways.
    const traffics = Array.from(
      { length: rounds },
      (_, round): Traffic => (Math.floor(round / 2) % 2 === 0 ? 'quiet' : 'flooded'),
    );
    const found = await freezeInRounds(nodes, traffics);
    for (const traffic of ['quiet', 'flooded'] as const) {
      const these = found.filter((_, round) => traffics[round] === traffic);
      const most = (times: readonly number[]) => Math.max(...times).toFixed(0);
      const changes = these.reduce((sum, each) => sum + each.changes, 0);
      process.stdout.write(
        `${traffic}, ${these.length} rounds: the connection ended after ${most(these.map(({ endedMs }) => endedMs))} ms, ` +
          `${(100 * Math.max(...these.map(({ mostUsage }) => mostUsage))).toFixed(4)} % of the queue in use; ` +
          `${changes} changes, one after ${most(these.map(({ slowestChangeMs }) => slowestChangeMs))} ms; thawed: ` +
          `a socket closed after ${most(these.map(({ closedMs }) => closedMs))} ms, ` +
          `all entries after ${most(these.map(({ caughtUpMs }) => caughtUpMs))} ms at most\n`,
      );
    }
    expect(found.flatMap(({ faults }) => faults)).toEqual([]);
    expect(Math.max(...found.map(({ endedMs }) => endedMs))).toBeLessThan(7_000);
    expect(Math.max(...found.map(({ mostUsage }) => mostUsage))).toBeLessThan(0.01);
  },
);
