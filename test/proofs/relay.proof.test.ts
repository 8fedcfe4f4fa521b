import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { natsFaults, startNatsNodes } from '../support/nats-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { leaderFaults } from '../support/relay-rounds.ts';
import { cycle, hasPostgres, prove, roundsOf } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- relay`: two nodes over PostgreSQL, of which the one that leads is killed or frozen amid writes, in
 * turn. `test/cli/relay-nodes.test.ts` runs a round of each. Needs `TEST_DATABASE_URL`. With `EVENTS=nats`, events
 * travel through a NATS server, which is then stopped and frozen too.
 */
const rounds = roundsOf(20);
const secondsAway = Number(process.env.AWAY_SECONDS ?? 30);
const usesNats = process.env.EVENTS === 'nats';
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  `relays each entry once in ${rounds} rounds in which the leader fails`,
  async () => {
    const nodes = await (usesNats ? startNatsNodes : startTwoNodes)(gatehouse);
    const found = await prove(leaderFaults(nodes), cycle(rounds, ['killed', 'frozen']));
    expect(found.faults).toEqual([]);
    if (usesNats) return;
    recordFigure('relay.entries-killed', found.sum('killed: entries'));
    recordFigure('relay.entries-frozen', found.sum('frozen: entries'));
  },
);

it.skipIf(!hasPostgres || !usesNats)(
  `sends each entry once when NATS is away for ${secondsAway} s`,
  async () => {
    const nodes = await startNatsNodes(gatehouse);
    const { faults } = await prove(natsFaults(nodes, secondsAway), ['stopped', 'frozen']);
    expect(faults).toEqual([]);
  },
);
