import { describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { unopenedSecrets } from '../support/factors-kill/account-state.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { rotationKills, rotations } from '../support/factors-kill/key-rounds.ts';
import { learnScenarios } from '../support/factors-kill/kill-rounds.ts';
import { scenarios } from '../support/factors-kill/scenarios.ts';
import { operationKills } from '../support/operation-kills.ts';
import { useGatehouse } from '../support/process.ts';
import { type Findings, hasPostgres, numbered, prove, roundsOf, run } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- factors-kill`: kills a node by SIGKILL at each statement of each operation that changes or uses second
 * factors, then amid all of them together, and the command that rotates keys. Needs `TEST_DATABASE_URL`.
 * `test/cli/factors-kill.test.ts` kills a few times.
 */
const rounds = roundsOf(40);
const secrets = 600;
const step = 20;
const gatehouse = useGatehouse();

// By its text: statements of background work can be counted too.
const beforeCommit = { moment: 'before', statement: 'COMMIT', number: 1 } as const;
const afterCommit = { ...beforeCommit, moment: 'after' } as const;

function conclude(found: Findings): void {
  expect(found.faults).toEqual([]);
  expect(found.countOf('undone')).toBeGreaterThan(0);
  expect(found.countOf('done')).toBeGreaterThan(0);
  expect(found.countOf('too late')).toBeLessThan(found.rounds / 4);
}

describe.skipIf(!hasPostgres)('second factors', () => {
  let killsAtStatements = 0;
  it.each(scenarios)(
    'are whole, at whatever statement a node is killed: $name',
    async (scenario) => {
      const world = await learnScenarios(await startFactorsNodes(gatehouse), [scenario]);
      const statements = world.known[0]?.statements ?? [];
      const found = await prove(operationKills(world), [
        ...statements.map((_, index) => ({ moment: 'before', number: index + 1 }) as const),
        beforeCommit,
        afterCommit,
      ]);
      conclude(found);
      const reached = Object.keys(found.outcomes);
      expect(reached).toEqual(expect.arrayContaining(['before COMMIT', 'after COMMIT']));
      killsAtStatements += found.rounds;
      recordFigure('factors-kill.at-statements', killsAtStatements);
    },
  );

  it('are whole when a node is killed amid all operations together', async () => {
    const nodes = await startFactorsNodes(gatehouse);
    const world = await learnScenarios(nodes, scenarios);
    const statements = world.known.flatMap((each) => each.statements).length;
    // Spread over all statements, the same in each run.
    const kills = numbered(rounds).map((round) => ({
      moment: round % 2 === 0 ? ('before' as const) : ('after' as const),
      number: 1 + ((round * 7919) % statements),
    }));
    conclude(await prove(operationKills(world), kills));
    const { sql, environment } = nodes;
    expect(await unopenedSecrets(sql, environment.FACTORS_KEYS ?? '')).toEqual([]);
    recordFigure('factors-kill.amid', rounds);
  });

  it('are not whole when a proof is spent outside of its transaction, which is noticed', async () => {
    const bug = { FACTORS_PLANTED: 'spent outside' };
    const nodes = await startFactorsNodes(gatehouse, startTwoNodes, bug);
    const sample = scenarios.filter(({ name }) => name === 'complete a login by a recovery code');
    const { faults } = await run(operationKills(await learnScenarios(nodes, sample)), [
      beforeCommit,
    ]);
    expect(faults).toEqual([expect.stringMatching('half done')]);
  });

  it('keep a key for each secret while a rotation is killed', async () => {
    const found = await prove(rotations(gatehouse, secrets), rotationKills(secrets, step));
    expect(found.faults).toEqual([]);
    expect(found.rounds).toBeGreaterThan(secrets / step - 2);
    recordFigure('factors-kill.rotation', found.rounds);
  });
});
