import { expect, it } from 'vitest';
import { z } from 'zod';
import { recordFigure } from '../../scripts/figures/figures.ts';
import type { Database } from '../../src/database/connection.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, prove } from '../support/rounds.ts';
import { startRaceWorld } from '../support/rule-races/race-world.ts';
import { ruleRaces } from '../support/rule-races/run-races.ts';

/**
 * `npm run proof -- rule-races`: rows, stays and groups change hands on two nodes over one PostgreSQL while users change
 * what they name. `test/cli/rule-races.test.ts` runs a few operations of it. Needs `TEST_DATABASE_URL`.
 */
const operations = Number(process.env.OPERATIONS ?? 10_000);
const plantedOperations = Math.max(2_000, Math.ceil(operations / 10));
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  `makes no change against a rule of a type in ${operations} operations`,
  async () => {
    const { faults } = await prove(ruleRaces(await startRaceWorld(gatehouse)), [operations]);
    expect(faults).toEqual([]);
    recordFigure('rule-races.operations', operations);
  },
);

it.skipIf(!hasPostgres)('makes such changes when transactions are not serializable', async () => {
  const world = await startRaceWorld(gatehouse, { RACES_PLANTED: 'read committed' });
  const { faults } = await prove(ruleRaces(world), [plantedOperations]);
  const ofWards = faults.filter((fault) =>
    world.wards.some((ward) => fault.startsWith(`round 1: ${ward}`)),
  );
  expect(ofWards.length).toBeGreaterThan(0);
});

it.skipIf(!hasPostgres)(
  'makes changes after the answer of `revokeGroup` when memberships are not locked',
  async () => {
    const world = await startRaceWorld(gatehouse);
    await forgetLockOfMemberships(world.database);
    const { faults } = await prove(ruleRaces(world), [plantedOperations]);
    const late = faults.filter((fault) => fault.endsWith('after revokeGroup'));
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
