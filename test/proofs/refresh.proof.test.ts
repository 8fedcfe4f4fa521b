import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { useGatehouse } from '../support/process.ts';
import { refreshes, refreshesBesideLogout } from '../support/refresh-rounds.ts';
import { hasPostgres, numbered, prove, roundsOf } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- refresh`: two nodes over PostgreSQL, of which `test/cli/refresh-nodes.test.ts` runs a
 * few rounds. Needs `TEST_DATABASE_URL`.
 */
const rounds = roundsOf(1_000);
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  `gives one successor in each of ${rounds} rounds on two nodes, and leaves no session torn`,
  async () => {
    const nodes = await startTwoNodes(gatehouse);
    const one = await prove(refreshes(nodes), numbered(rounds));
    const other = await prove(refreshesBesideLogout(nodes), numbered(Math.ceil(rounds / 5)));
    expect([...one.faults, ...other.faults].slice(0, 10)).toEqual([]);
    recordFigure('refresh.rounds', rounds);
  },
);
