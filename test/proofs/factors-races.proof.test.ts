import { describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { factorRaces, races } from '../support/factors-kill/factor-races.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, numbered, prove, roundsOf } from '../support/rounds.ts';

/**
 * `npm run proof -- factors-races`: two requests at once at two nodes, again and again: uses of one proof, changes that end
 * sessions beside the completion of a login, and removals of factors that a group demands. Needs `TEST_DATABASE_URL`.
 */
const rounds = roundsOf(200);
const gatehouse = useGatehouse();

describe.skipIf(!hasPostgres)('two nodes', () => {
  it.each(races)(`keep the rules of second factors: $name, ${rounds} times`, async (race) => {
    const start = () => startFactorsNodes(gatehouse);
    expect((await prove(factorRaces(start, race), numbered(rounds))).faults).toEqual([]);
    recordFigure('factors-races.rounds', rounds);
  });
});
