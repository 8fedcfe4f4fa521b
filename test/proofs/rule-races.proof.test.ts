import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/database/connection.ts';
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

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'makes changes after the answer of `revokeGroup` when memberships are not locked',
  async () => {
    const world = await startRaceWorld(gatehouse);
    await forgetLockOfMemberships(world.database);
    const result = await runRaces(world, { operations: plantedOperations, clients });
    report(result);
    const late = result.faults.filter((fault) => fault.endsWith('after revokeGroup'));
    expect(late.length).toBeGreaterThan(0);
  },
);

async function forgetLockOfMemberships(owner: Database): Promise<void> {
  const rows = await owner.$queryRaw`
    SELECT pg_get_functiondef('gatehouse.confirm_user'::regproc) AS definition`;
  const [row] = z.array(z.object({ definition: z.string() })).parse(rows);
  const planted = row?.definition.replace(/IF current_setting.*?END IF;/s, '') ?? '';
  expect(planted).not.toBe(row?.definition);
  await owner.$executeRawUnsafe(planted);
}

function report({ outcomes, revocations, faults }: RaceResult): void {
  const list = Object.entries(outcomes).sort();
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  const figures = list.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  process.stdout.write(
    `${total} operations: ${figures}; ${revocations} times revokeGroup; ${faults.length} faults\n${faults.slice(0, 5).join('\n')}\n`,
  );
}
