import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { subscribeInRounds } from '../support/subscription-rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- subscriptions` runs more of them, and measures. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'a subscription on another node',
  () => {
    it.each(['none', 'cut'] as const)(
      'tells an entry, and ends within a second of its right (fault of the connection: %s)',
      async (fault) => {
        const nodes = await startTwoNodes(gatehouse);
        const { faults, times } = await subscribeInRounds(nodes, { rounds: 2, fault });
        expect(faults).toEqual([]);
        for (const { closeMs } of times) expect(closeMs).toBeLessThan(1_000);
      },
    );
  },
);
