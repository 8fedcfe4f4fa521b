import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { type LeaderFault, relayInRounds } from '../support/relay-rounds.ts';
import { startRelayWorld } from '../support/relay-world.ts';

/**
 * `npm run proof -- relay`: two nodes over PostgreSQL, of which the one that leads is killed or frozen amid writes, in
 * turn. `test/cli/relay-nodes.test.ts` runs a round of each. Needs `TEST_DATABASE_URL`.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `relays each entry once in ${rounds} rounds in which the leader fails`,
  { timeout: 3_600_000 },
  async () => {
    const world = await startRelayWorld(gatehouse);
    const faults = Array.from(
      { length: rounds },
      (_, round): LeaderFault => (round % 2 === 0 ? 'killed' : 'frozen'),
    );
    const found = await relayInRounds(world, { nodes: world.nodes, faults });
    for (const fault of ['killed', 'frozen']) {
      const these = found.filter((_, round) => faults[round] === fault);
      const entries = these.reduce((sum, each) => sum + each.entries, 0);
      const most = (times: readonly number[]) => Math.max(...times).toFixed(0);
      process.stdout.write(
        `${fault}, ${these.length} rounds: ${entries} entries; the next leader after ` +
          `${most(these.map(({ takeoverMs }) => takeoverMs))} ms, an entry after ` +
          `${most(these.map(({ slowestMs }) => slowestMs))} ms at most\n`,
      );
    }
    expect(found.flatMap((each) => each.faults)).toEqual([]);
  },
);
