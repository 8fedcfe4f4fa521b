import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, run } from '../support/rounds.ts';
import { startRaceWorld } from '../support/rule-races/race-world.ts';
import { ruleRaces } from '../support/rule-races/run-races.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** A short sample of `npm run proof -- rule-races`. */
const operations = 250;
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  'two nodes make no change against a rule of a type while rows, stays and groups change hands',
  async () => {
    const world = await startRaceWorld(gatehouse, {}, startNodeBesideTest);
    const { outcomes, faults } = await run(ruleRaces(world), [operations]);
    expect(faults).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(
      expect.arrayContaining(['useOrder 200', 'giveOrder 200', 'useWard 200', 'leaveWard 200']),
    );
  },
);
