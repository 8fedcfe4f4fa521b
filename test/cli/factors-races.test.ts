import { expect, it } from 'vitest';
import { factorRaces, races } from '../support/factors-kill/factor-races.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, run } from '../support/rounds.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** A short sample of `npm run proof -- factors-races`. */
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  'two nodes accept each proof once, leave no session after its end and no group without its factor',
  async () => {
    const nodes = await startFactorsNodes(gatehouse, startNodeBesideTest);
    for (const race of races) {
      const { faults, outcomes } = await run(
        factorRaces(async () => nodes, race),
        [0],
      );
      expect({ race: race.name, faults, outcomes }).toMatchObject({ faults: [] });
    }
  },
);
