import { describe, expect, it } from 'vitest';
import { loseNatsInRounds, startNatsWorld } from '../support/nats-rounds.ts';
import { natsServer } from '../support/nats-server.ts';
import { useGatehouse } from '../support/process.ts';
import { relayInRounds } from '../support/relay-rounds.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { subscribeOnNodes } from '../support/subscription-starts.ts';

const gatehouse = useGatehouse();
const isHere = process.env.TEST_DATABASE_URL !== undefined && natsServer !== undefined;

/** `EVENTS=nats npm run proof -- relay` runs more and longer ones, and measures. */
describe.skipIf(!isHere)('events through NATS, amid writes', () => {
  it.runIf(isWhole)(
    'reach another node once when the leader is killed or frozen, and that node leads',
    async () => {
      const world = await startNatsWorld(gatehouse);
      const rounds = await relayInRounds(world, {
        nodes: world.nodes,
        faults: ['killed', 'frozen'],
      });
      const [, frozen] = rounds;
      expect(rounds.flatMap(({ faults }) => faults)).toEqual([]);
      // The other node publishes too before it leads, so no entry waits until then.
      expect(frozen?.slowestMs).toBeLessThan(frozen?.takeoverMs ?? 0);
    },
  );

  it.runIf(isWhole)(
    'reach a subscription that is opened between transactions if they are later',
    async () => {
      const world = await startNatsWorld(gatehouse);
      const { faults } = await subscribeOnNodes(world, { subscriptions: 8, maxRows: 50 });
      expect(faults).toEqual([]);
    },
  );

  it('reach another node once, late, when NATS is stopped or frozen, while changes are made', async () => {
    const world = await startNatsWorld(gatehouse);
    const rounds = await loseNatsInRounds(world, {
      faults: sampleOf(['stopped', 'frozen']),
      seconds: 3,
    });
    for (const { lost, doubled, late } of rounds) {
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
      // A commit that waited for NATS would not be one while it is away.
      expect(late).toBeGreaterThan(4);
    }
  });
});
