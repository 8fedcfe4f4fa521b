import { describe, expect, it } from 'vitest';
import { races, runRace } from '../support/factors-kill/factor-races.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { useGatehouse } from '../support/process.ts';

/**
 * `npm run proof -- factors-races`: two requests at once at two nodes, again and again: uses of one proof, changes that end
 * sessions beside the completion of a login, and removals of factors that a group demands. Needs `TEST_DATABASE_URL`.
 */
const rounds = Number(process.env.ROUNDS ?? 200);
const gatehouse = useGatehouse();

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('two nodes', () => {
  it.each(races)(`keep the rules of second factors: $name, ${rounds} times`, async (race) => {
    const world = await startFactorsNodes(gatehouse);
    const { outcomes, faults } = await runRace(world, race, rounds);
    const counts = Object.entries(outcomes).map(([outcome, count]) => `  ${count}: ${outcome}\n`);
    process.stdout.write(
      `${race.name}: ${rounds} rounds, ${faults.length} faults\n${counts.join('')}`,
    );
    expect(faults).toEqual([]);
  });
});
