import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { startNatsNodes } from '../support/nats-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, numbered, prove, roundsOf } from '../support/rounds.ts';
import { type Fault, subscriptions } from '../support/subscription-rounds.ts';
import { onNodes, subscriptionStarts } from '../support/subscription-starts.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- subscriptions`: two nodes over PostgreSQL, of which `test/cli/subscription-nodes.test.ts`
 * runs a few rounds. Needs `TEST_DATABASE_URL`; to freeze connections the database must run on this
 * machine, and this process be allowed to stop its processes. With `EVENTS=nats`, events travel through a NATS server.
 */
const rounds = roundsOf(20);
const faults: readonly Fault[] =
  process.getuid?.() === 0 ? ['none', 'cut', 'frozen'] : ['none', 'cut'];
/** How many subscriptions are opened between transactions. */
const starts = Number(process.env.SUBSCRIPTIONS ?? 40);
const startNodes = process.env.EVENTS === 'nats' ? startNatsNodes : startTwoNodes;
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres).each(faults)(
  `delivers each entry once and ends in time in ${rounds} rounds (fault of the connection: %s)`,
  async (fault) => {
    const nodes = await startNodes(gatehouse, { LOGIN_ATTEMPTS_PER_ADDRESS: '100000' });
    const found = await prove(subscriptions(nodes, fault), numbered(rounds));
    expect(found.faults).toEqual([]);
    // A connection that is frozen must first be found to be: that takes 600 ms of the second at most.
    expect(found.most('close')).toBeLessThan(fault === 'frozen' ? 1_500 : 1_000);
    if (fault === 'frozen' && startNodes === startTwoNodes) {
      recordFigure('subscriptions.frozen', Math.round(found.most('event')));
    }
  },
);

it.skipIf(!hasPostgres)(
  `begins ${starts} subscriptions after what was committed before, and before all that follows`,
  async () => {
    const rounds = subscriptionStarts(onNodes(await startNodes(gatehouse)));
    expect((await prove(rounds, numbered(starts))).faults).toEqual([]);
  },
);
