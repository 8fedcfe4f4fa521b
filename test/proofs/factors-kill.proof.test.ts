import { describe, expect, it } from 'vitest';
import { unopenedSecrets } from '../support/factors-kill/account-state.ts';
import { startFactorsNodes } from '../support/factors-kill/factors-nodes.ts';
import { killAmidRotation } from '../support/factors-kill/key-rounds.ts';
import {
  createKillTally,
  createVictims,
  type KillTally,
  type Known,
  killAmid,
  learn,
} from '../support/factors-kill/kill-rounds.ts';
import { scenarios } from '../support/factors-kill/scenarios.ts';
import { useGatehouse } from '../support/process.ts';

/**
 * `npm run proof -- factors-kill`: kills a node by SIGKILL at each statement of each operation that changes or uses second
 * factors, then amid all of them together, and the command that rotates keys. Needs `TEST_DATABASE_URL`.
 * `test/cli/factors-kill.test.ts` kills a few times.
 */
const rounds = Number(process.env.ROUNDS ?? 40);
const secrets = 600;
const step = 20;
const gatehouse = useGatehouse();

/** Spreads the kills of `rounds` over all statements, the same in each run. */
const spread = (round: number, of: number): number => 1 + ((round * 7919) % of);

/** Prints what came of kills, and checks it. */
function conclude(what: string, tally: KillTally): void {
  const { kills, late, undone, done, reached, faults } = tally;
  process.stdout.write(
    `${what}: ${kills} kills, ${late} of them too late, at ${Object.keys(reached).length} moments; ` +
      `${undone} undone, ${done} done, ${faults.length} faults\n`,
  );
  expect(faults).toEqual([]);
  expect(undone).toBeGreaterThan(0);
  expect(done).toBeGreaterThan(0);
  expect(late).toBeLessThan(kills / 4);
}

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('second factors', () => {
  it.each(scenarios)(
    'are whole, at whatever statement a node is killed: $name',
    async (scenario) => {
      const world = await startFactorsNodes(gatehouse);
      const nextVictim = createVictims(world);
      const known = await learn(world, scenario, await nextVictim());
      const tally = createKillTally();
      const kills = [
        ...known.statements.map((_, index) => ({ moment: 'before', number: index + 1 }) as const),
        // By its text: statements of background work can be counted too.
        { moment: 'before', statement: 'COMMIT', number: 1 } as const,
        { moment: 'after', statement: 'COMMIT', number: 1 } as const,
      ];
      for (const kill of kills) {
        await killAmid(world, await nextVictim(), { known: [known], kill, tally });
      }
      conclude(scenario.name, tally);
      expect(Object.keys(tally.reached)).toEqual(
        expect.arrayContaining(['before COMMIT', 'after COMMIT']),
      );
    },
  );

  it('are whole when a node is killed amid all operations together', async () => {
    const world = await startFactorsNodes(gatehouse);
    const nextVictim = createVictims(world);
    const first = await nextVictim();
    const known: Known[] = [];
    for (const scenario of scenarios) known.push(await learn(world, scenario, first));
    const statements = known.reduce((sum, each) => sum + each.statements.length, 0);
    const tally = createKillTally();
    for (let round = 0; round < rounds; round += 1) {
      const moment = round % 2 === 0 ? 'before' : 'after';
      const kill = { moment, number: spread(round, statements) } as const;
      await killAmid(world, await nextVictim(), { known, kill, tally });
    }
    conclude('all together', tally);
    expect(await unopenedSecrets(world.sql, world.environment.FACTORS_KEYS ?? '')).toEqual([]);
  });

  it('are not whole when a proof is spent outside of its transaction, which is noticed', async () => {
    const world = await startFactorsNodes(gatehouse, { FACTORS_PLANTED: 'spent outside' });
    const nextVictim = createVictims(world);
    const scenario = scenarios.find(({ name }) => name === 'complete a login by a recovery code');
    if (scenario === undefined) throw new Error('There is no such scenario.');
    const known = await learn(world, scenario, await nextVictim());
    const tally = createKillTally();
    const kill = { moment: 'before', statement: 'COMMIT', number: 1 } as const;
    await killAmid(world, await nextVictim(), { known: [known], kill, tally });
    expect(tally.faults).toEqual([expect.stringMatching('half done')]);
  });

  it('keep a key for each secret while a rotation is killed', async () => {
    const world = await startFactorsNodes(gatehouse);
    const { kills, lastRotated, faults } = await killAmidRotation(gatehouse, world, {
      secrets,
      step,
    });
    process.stdout.write(
      `${secrets} secrets, ${kills} kills of the rotation, the last at ${lastRotated}: ${faults.length} faults\n`,
    );
    expect(faults).toEqual([]);
    expect(kills).toBeGreaterThan(secrets / step - 2);
  });
});
