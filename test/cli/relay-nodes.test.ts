import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { relayInRounds } from '../support/relay-rounds.ts';
import { startRelayWorld } from '../support/relay-world.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- relay` runs more of them, and measures. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('events, amid writes', () => {
  it('reach another node once when the leader is killed or frozen, and that node leads', async () => {
    const world = await startRelayWorld(gatehouse);
    const rounds = await relayInRounds(world, { nodes: world.nodes, faults: ['killed', 'frozen'] });
    const [killed, frozen] = rounds;
    expect(rounds.flatMap(({ faults }) => faults)).toEqual([]);
    expect(killed?.takeoverMs).toBeLessThan(2_000);
    // PostgreSQL ends the connection after 5 seconds. Until then, the other node relays too.
    expect(frozen?.takeoverMs).toBeLessThan(8_000);
    expect(frozen?.slowestMs).toBeLessThan(4_000);
  });
});
