import { expect, it } from 'vitest';
import { races, runRace } from '../support/factors-kill/factor-races.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { useGatehouse } from '../support/process.ts';

/** A short sample of `npm run proof -- factors-races`. */
const rounds = 1;
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'two nodes accept each proof once, leave no session after its end and no group without its factor',
  async () => {
    const world = await startFactorsNodes(gatehouse, {}, ['test', 'process']);
    for (const race of races) {
      const { faults, outcomes } = await runRace(world, race, rounds);
      expect({ race: race.name, faults, outcomes }).toMatchObject({ faults: [] });
    }
  },
);
