import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { startRaceWorld } from '../support/rule-races/race-world.ts';
import { type RaceResult, runRaces } from '../support/rule-races/run-races.ts';

/**
 * `npm run proof -- rule-races`: rows, stays and groups change hands on two nodes over one PostgreSQL while users change
 * what they name. `test/cli/rule-races.test.ts` runs a few operations of it. Needs `TEST_DATABASE_URL`.
 */
const operations = Number(process.env.OPERATIONS ?? 10_000);
const plantedOperations = Math.max(2_000, Math.ceil(operations / 10));
const clients = 16;
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `makes no change against a rule of a type in ${operations} operations`,
  async () => {
    const world = await startRaceWorld(gatehouse);
    const result = await runRaces(world, { operations, clients });
    report(result);
    expect(result.faults).toEqual([]);
  },
);

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'makes such changes when transactions are not serializable',
  async () => {
    const world = await startRaceWorld(gatehouse, { RACES_PLANTED: 'read committed' });
    const result = await runRaces(world, { operations: plantedOperations, clients });
    report(result);
    const ofWards = world.wards.flatMap((ward) =>
      result.faults.filter((fault) => fault.startsWith(ward)),
    );
    expect(ofWards.length).toBeGreaterThan(0);
  },
);

function report({ outcomes, revocations, faults }: RaceResult): void {
  const list = Object.entries(outcomes).sort();
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  const figures = list.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  process.stdout.write(
    `${total} operations: ${figures}; ${revocations} times revokeGroup; ${faults.length} faults\n${faults.slice(0, 5).join('\n')}\n`,
  );
}
