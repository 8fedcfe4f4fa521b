import { describe, expect, it } from 'vitest';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { killAmidRotation } from '../support/factors-kill/key-rounds.ts';
import {
  createKillTally,
  createVictims,
  killAmid,
  learn,
} from '../support/factors-kill/kill-rounds.ts';
import { scenarios } from '../support/factors-kill/scenarios.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

/** Kills at each statement of each operation: `npm run proof -- factors-kill`. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('second factors', () => {
  it('are changed and used as a whole or not at all by a node that is killed amid COMMIT', async () => {
    const world = await startFactorsNodes(gatehouse, {}, ['test']);
    const nextVictim = createVictims(world, 2);
    const tally = createKillTally();
    const first = await nextVictim();
    const known = [];
    // Each takes logins of its own, and every sixth is enough to meet both moments.
    const sample = scenarios.filter((_scenario, index) => index % 6 === 0);
    for (const scenario of sample) known.push(await learn(world, scenario, first));
    const middle = Math.ceil(sample.length / 2);
    for (const moment of ['before', 'after'] as const) {
      const victim = moment === 'before' ? first : await nextVictim();
      const kill = { moment, statement: 'COMMIT', number: middle };
      await killAmid(world, victim, { known, kill, tally });
    }
    const reached = { 'before COMMIT': 1, 'after COMMIT': 1 };
    expect(tally).toMatchObject({ kills: 2, late: 0, reached, faults: [] });
    expect(tally.undone).toBeGreaterThan(0);
    expect(tally.done).toBeGreaterThan(0);
  });

  it('keep a key for each secret while a rotation is killed', async () => {
    const world = await startFactorsNodes(gatehouse, {}, []);
    const tally = await killAmidRotation(gatehouse, world, { secrets: 60, step: 51 });
    expect(tally).toEqual({ kills: 1, lastRotated: 50, faults: [] });
  });
});
