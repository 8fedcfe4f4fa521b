import { describe, expect, it } from 'vitest';
import { natsFaults, startNatsNodes } from '../support/nats-rounds.ts';
import { natsServer } from '../support/nats-server.ts';
import { useGatehouse } from '../support/process.ts';
import { leaderFaults } from '../support/relay-rounds.ts';
import { hasPostgres, numbered, run } from '../support/rounds.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { onNodes, subscriptionStarts } from '../support/subscription-starts.ts';

const gatehouse = useGatehouse();
const isHere = hasPostgres && natsServer !== undefined;

/** `EVENTS=nats npm run proof -- relay` runs more and longer ones, and measures. */
describe.skipIf(!isHere)('events through NATS, amid writes', () => {
  it.runIf(isWhole)(
    'reach another node once when the leader is killed or frozen, and that node leads',
    async () => {
      const nodes = await startNatsNodes(gatehouse);
      const found = await run(leaderFaults(nodes), ['killed', 'frozen']);
      expect(found.faults).toEqual([]);
      // The other node publishes too before it leads, so no entry waits until then.
      expect(found.most('frozen: entry')).toBeLessThan(found.most('frozen: takeover'));
    },
  );

  it.runIf(isWhole)(
    'reach a subscription that is opened between transactions if they are later',
    async () => {
      const starts = subscriptionStarts(onNodes(await startNatsNodes(gatehouse)));
      expect((await run(starts, numbered(8))).faults).toEqual([]);
    },
  );

  it('reach another node once, late, when NATS is stopped or frozen, while changes are made', async () => {
    const faults = sampleOf(['stopped', 'frozen'] as const);
    const found = await run(natsFaults(await startNatsNodes(gatehouse), 3), faults);
    expect(found.faults).toEqual([]);
    // A commit that waited for NATS would not be one while it is away.
    for (const fault of faults) {
      expect(found.measured(`${fault}: commit meanwhile`).length).toBeGreaterThan(4);
    }
  });
});
