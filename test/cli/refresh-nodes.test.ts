import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { parallel, refreshInRounds, refreshWhileEnding } from '../support/refresh-rounds.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** Many more rounds: `npm run proof -- refresh`. */
const rounds = 8;

const gatehouse = useGatehouse();

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('two nodes over one database', () => {
  it(`give one successor to ${parallel} requests that bring one token at once`, async () => {
    const nodes = await startNodeBesideTest(gatehouse);
    const tally = await refreshInRounds({ ...nodes, rounds });
    expect(tally).toEqual({ requests: 160, outcomes: { '200': 160 }, faults: [] });
    const { faults } = await refreshWhileEnding({ ...nodes, rounds: 2 });
    expect(faults).toEqual([]);
  });
});
