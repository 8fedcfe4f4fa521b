import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { parallel, refreshInRounds, refreshWhileEnding } from '../support/refresh-rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/** Many more rounds: `npm run proof -- refresh`. */
const rounds = 20;

const gatehouse = useGatehouse();

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('two nodes over one database', () => {
  it(`give one successor to ${parallel} requests that bring one token at once`, async () => {
    const nodes = await startTwoNodes(gatehouse);
    const tally = await refreshInRounds({ ...nodes, rounds });
    expect(tally).toEqual({ requests: 400, outcomes: { '200': 400 }, faults: [] });
    const { faults } = await refreshWhileEnding({ ...nodes, rounds: 5 });
    expect(faults).toEqual([]);
  });
});
