import { expect, it } from 'vitest';
import { startNatsWorld } from '../support/nats-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { startRelayWorld } from '../support/relay-world.ts';
import { type Fault, subscribeInRounds } from '../support/subscription-rounds.ts';
import { subscribeOnNodes } from '../support/subscription-starts.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- subscriptions`: two nodes over PostgreSQL, of which `test/cli/subscription-nodes.test.ts`
 * runs a few rounds. Needs `TEST_DATABASE_URL`; to freeze connections the database must run on this
 * machine, and this process be allowed to stop its processes. With `EVENTS=nats`, events travel through a NATS server.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const faults: readonly Fault[] =
  process.getuid?.() === 0 ? ['none', 'cut', 'frozen'] : ['none', 'cut'];

const usesNats = process.env.EVENTS === 'nats';
const gatehouse = useGatehouse();

/** How many subscriptions are opened between transactions of 1 to 50 rows. */
const subscriptions = Number(process.env.SUBSCRIPTIONS ?? 40);

const startNodes = usesNats ? startNatsWorld : startTwoNodes;

/** The least, the middle and the greatest of some milliseconds. */
function spread(times: readonly number[]): string {
  const sorted = [...times].sort((left, right) => left - right);
  return [0, Math.floor(sorted.length / 2), sorted.length - 1]
    .map((index) => (sorted[index] ?? Number.NaN).toFixed(0))
    .join(' / ');
}

it.skipIf(process.env.TEST_DATABASE_URL === undefined).each(faults)(
  `delivers each entry once and ends in time in ${rounds} rounds (fault of the connection: %s)`,
  async (fault) => {
    const nodes = await startNodes(gatehouse, { LOGIN_ATTEMPTS_PER_ADDRESS: '100000' });
    const run = await subscribeInRounds(nodes, { rounds, fault });
    const events = spread(run.times.map(({ eventMs }) => eventMs));
    const closes = spread(run.times.map(({ closeMs }) => closeMs));
    process.stdout.write(
      `fault ${fault}, ${rounds} rounds${usesNats ? ' with NATS' : ''}: entry after ${events} ms, socket closed after ${closes} ms ` +
        `(least / median / most); ${run.faults.length} faults\n`,
    );
    expect(run.faults).toEqual([]);
    // A connection that is frozen must first be found to be: that takes 600 ms of the second at most.
    const boundMs = fault === 'frozen' ? 1_500 : 1_000;
    expect(Math.max(...run.times.map(({ closeMs }) => closeMs))).toBeLessThan(boundMs);
  },
);

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `begins ${subscriptions} subscriptions after what was committed before, and before all that follows`,
  async () => {
    const world = await (usesNats ? startNatsWorld(gatehouse) : startRelayWorld(gatehouse));
    const { entries, faults } = await subscribeOnNodes(world, { subscriptions, maxRows: 50 });
    process.stdout.write(
      `${subscriptions} subscriptions on two nodes${usesNats ? ' with NATS' : ''} between ` +
        `transactions of 1 to 50 rows, ${entries} in all; ${faults.length} faults\n`,
    );
    expect(faults).toEqual([]);
  },
);
