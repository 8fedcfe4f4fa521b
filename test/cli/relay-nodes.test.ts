import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { relayInRounds } from '../support/relay-rounds.ts';
import { startRelayWorld } from '../support/relay-world.ts';
import { sampleOf } from '../support/sample.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- relay` runs more of them, and measures. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('events, amid writes', () => {
  it('reach another node once when the leader is killed or frozen, and that node leads', async () => {
    const world = await startRelayWorld(gatehouse);
    const faults = sampleOf(['killed', 'frozen'] as const);
    const [killed, frozen] = await relayInRounds(world, { nodes: world.nodes, faults });
    expect(killed?.faults).toEqual([]);
    if (frozen === undefined) return;
    expect(frozen.faults).toEqual([]);
    // PostgreSQL ends the connection after 5 seconds. Until then, the other node relays too.
    expect(frozen.slowestMs).toBeLessThan(frozen.takeoverMs / 2);
  });
});
