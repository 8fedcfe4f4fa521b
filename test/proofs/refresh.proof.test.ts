import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import {
  parallel,
  type RefreshTally,
  refreshInRounds,
  refreshWhileEnding,
} from '../support/refresh-rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- refresh`: two nodes over PostgreSQL, of which `test/cli/refresh-nodes.test.ts` runs a
 * few rounds. Needs `TEST_DATABASE_URL`.
 */
const rounds = Number(process.env.ROUNDS ?? 1_000);
const endings = Math.ceil(rounds / 5);

const gatehouse = useGatehouse();

/** Prints what came of rounds, and how long they took. */
async function measured(what: string, work: () => Promise<RefreshTally>): Promise<RefreshTally> {
  const beganAtMs = Date.now();
  const tally = await work();
  const seconds = (Date.now() - beganAtMs) / 1000;
  const outcomes = Object.entries(tally.outcomes).map(
    ([outcome, count]) => `${count} x ${outcome}`,
  );
  const rate = Math.round(tally.requests / seconds);
  process.stdout.write(
    `${what}: ${tally.requests} requests in ${seconds.toFixed(1)} s (${rate}/s): ` +
      `${outcomes.sort().join(', ')}; ${tally.faults.length} faults\n`,
  );
  return tally;
}

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `gives one successor in each of ${rounds} rounds on two nodes, and leaves no session torn`,
  async () => {
    const nodes = await startTwoNodes(gatehouse);
    const one = await measured(`${rounds} rounds of ${parallel} refreshes`, () =>
      refreshInRounds({ ...nodes, rounds }),
    );
    const other = await measured(`${endings} rounds beside a logout`, () =>
      refreshWhileEnding({ ...nodes, rounds: endings }),
    );
    expect([...one.faults, ...other.faults].slice(0, 10)).toEqual([]);
  },
  3_600_000,
);
