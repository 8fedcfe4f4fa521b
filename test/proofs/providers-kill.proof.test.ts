import { describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { killsAtEach, operationKills } from '../support/operation-kills.ts';
import { useGatehouse } from '../support/process.ts';
import { learnScenarios } from '../support/providers-kill/kill-rounds.ts';
import { scenarios } from '../support/providers-kill/scenarios.ts';
import { hasPostgres, numbered, prove, roundsOf, run } from '../support/rounds.ts';

/**
 * `npm run proof -- providers-kill`: kills a node by SIGKILL at each statement of the way back from a provider, of the completion of
 * its login, of a link, and of a log-out at the provider, then amid all of them together. Needs `TEST_DATABASE_URL`.
 * `test/cli/providers-kill.test.ts` kills a few times.
 */
const rounds = roundsOf(40);
const gatehouse = useGatehouse();

describe.skipIf(!hasPostgres)('logins at providers', () => {
  let killsAtStatements = 0;
  it.each(scenarios)(
    'are whole, at whatever statement a node is killed: $name',
    async (scenario) => {
      const world = await learnScenarios(gatehouse, [scenario]);
      const found = await prove(
        operationKills(world),
        killsAtEach(world.known[0]?.statements ?? []),
      );
      expect(found.faults).toEqual([]);
      // By their text, all are reached.
      expect(found.countOf('too late')).toBe(0);
      expect(found.countOf('undone')).toBeGreaterThan(0);
      expect(found.countOf('done')).toBeGreaterThan(0);
      killsAtStatements += found.rounds;
      recordFigure('providers-kill.at-statements', killsAtStatements);
    },
  );

  it('are whole when a node is killed amid all operations together', async () => {
    const world = await learnScenarios(gatehouse, scenarios);
    const statements = world.known.flatMap((each) => each.statements).length;
    // Spread over all statements, the same in each run.
    const kills = numbered(rounds).map((round) => ({
      moment: round % 2 === 0 ? ('before' as const) : ('after' as const),
      number: 1 + ((round * 7919) % statements),
    }));
    const found = await prove(operationKills(world), kills);
    expect(found.faults).toEqual([]);
    expect(found.countOf('undone')).toBeGreaterThan(0);
    expect(found.countOf('done')).toBeGreaterThan(0);
    expect(found.countOf('too late')).toBeLessThan(rounds / 4);
    recordFigure('providers-kill.amid', rounds);
  });

  it('are not whole when a code is spent outside of its transaction, which is noticed', async () => {
    const sample = scenarios.filter(({ name }) => name.startsWith('complete'));
    const world = await learnScenarios(gatehouse, sample, { planted: 'spent outside' });
    const kill = { moment: 'before', statement: 'COMMIT', number: 1 } as const;
    const { faults } = await run(operationKills(world), [kill]);
    expect(faults).toEqual([expect.stringMatching('half done')]);
  });
});
