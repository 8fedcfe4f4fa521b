import { describe, expect, it } from 'vitest';
import { operationKills } from '../support/operation-kills.ts';
import { useGatehouse } from '../support/process.ts';
import { learnScenarios } from '../support/providers-kill/kill-rounds.ts';
import { scenarios } from '../support/providers-kill/scenarios.ts';
import { hasPostgres, run } from '../support/rounds.ts';

const gatehouse = useGatehouse();

/** Kills at each statement of each operation: `npm run proof -- providers-kill`. */
describe.skipIf(!hasPostgres)('logins at providers', () => {
  it('are opened, linked and ended as a whole or not at all by a node that is killed amid COMMIT', async () => {
    const world = await learnScenarios(gatehouse, scenarios, { victims: 2 });
    // That of a link: a way back has no COMMIT, and a logout has two.
    const middle = { statement: 'COMMIT', number: 2 };
    const found = await run(operationKills(world), [
      { ...middle, moment: 'before' },
      { ...middle, moment: 'after' },
    ]);
    expect(found.faults).toEqual([]);
    expect(found.outcomes).toMatchObject({ 'before COMMIT': 1, 'after COMMIT': 1 });
    expect(found.countOf('undone')).toBeGreaterThan(0);
    expect(found.countOf('done')).toBeGreaterThan(0);
  });
});
