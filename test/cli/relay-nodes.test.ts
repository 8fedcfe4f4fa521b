import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { leaderFaults } from '../support/relay-rounds.ts';
import { hasPostgres, run } from '../support/rounds.ts';
import { sampleOf } from '../support/sample.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- relay` runs more of them, and measures. */
describe.skipIf(!hasPostgres)('events, amid writes', () => {
  it('reach another node once when the leader is killed or frozen, and that node leads', async () => {
    const faults = sampleOf(['killed', 'frozen'] as const);
    const found = await run(leaderFaults(await startTwoNodes(gatehouse)), faults);
    expect(found.faults).toEqual([]);
    if (!faults.includes('frozen')) return;
    // PostgreSQL ends the connection after 5 seconds. Until then, the other node relays too.
    expect(found.most('frozen: entry')).toBeLessThan(found.most('frozen: takeover') / 2);
  });
});
