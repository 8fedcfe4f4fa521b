import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { parallel, refreshes, refreshesBesideLogout } from '../support/refresh-rounds.ts';
import { hasPostgres, numbered, run } from '../support/rounds.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** Many more rounds: `npm run proof -- refresh`. */
describe.skipIf(!hasPostgres)('two nodes over one database', () => {
  it(`give one successor to ${parallel} requests that bring one token at once`, async () => {
    const nodes = await startNodeBesideTest(gatehouse);
    const { outcomes, faults } = await run(refreshes(nodes), numbered(8));
    expect({ outcomes, faults }).toEqual({ outcomes: { '200': 160 }, faults: [] });
    expect((await run(refreshesBesideLogout(nodes), numbered(2))).faults).toEqual([]);
  });
});
