import { describe, expect, it } from 'vitest';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { rotationKills, rotations } from '../support/factors-kill/key-rounds.ts';
import { learnScenarios } from '../support/factors-kill/kill-rounds.ts';
import { scenarios } from '../support/factors-kill/scenarios.ts';
import { operationKills } from '../support/operation-kills.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, run } from '../support/rounds.ts';
import { startNodeInTest } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** Kills at each statement of each operation: `npm run proof -- factors-kill`. */
describe.skipIf(!hasPostgres)('second factors', () => {
  it('are changed and used as a whole or not at all by a node that is killed amid COMMIT', async () => {
    const nodes = await startFactorsNodes(gatehouse, startNodeInTest);
    // Each takes logins of its own, and every sixth is enough to meet both moments.
    const sample = scenarios.filter((_scenario, index) => index % 6 === 0);
    const middle = { statement: 'COMMIT', number: Math.ceil(sample.length / 2) };
    const found = await run(operationKills(await learnScenarios(nodes, sample, 2)), [
      { ...middle, moment: 'before' },
      { ...middle, moment: 'after' },
    ]);
    expect(found.faults).toEqual([]);
    expect(found.outcomes).toMatchObject({ 'before COMMIT': 1, 'after COMMIT': 1 });
    expect(found.countOf('undone')).toBeGreaterThan(0);
    expect(found.countOf('done')).toBeGreaterThan(0);
  });

  it('keep a key for each secret while a rotation is killed', async () => {
    const found = await run(rotations(gatehouse, 60), rotationKills(60, 51));
    expect(found).toMatchObject({ rounds: 1, faults: [] });
    expect(found.most('rotated')).toBe(50);
  });
});
