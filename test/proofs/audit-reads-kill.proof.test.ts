import { describe, expect, it } from 'vitest';
import {
  answersFirst,
  createReadTally,
  findUnrecorded,
  killAmidReads,
  startReadNodes,
} from '../support/audit-reads-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';

/**
 * `npm run proof -- audit-reads-kill`: kills a node by SIGKILL between answers and the record of their reads. Needs
 * `TEST_DATABASE_URL`. `test/cli/audit-reads-kill.test.ts` kills twice.
 */
const rounds = Number(process.env.ROUNDS ?? 40);
const gatehouse = useGatehouse();

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('reads', () => {
  it('are recorded before their answers are sent, whenever a node is killed', async () => {
    const world = await startReadNodes(gatehouse);
    const tally = createReadTally();
    for (let round = 0; round < rounds; round += 1) {
      const moment = round % 2 === 0 ? 'before' : 'after';
      await killAmidReads(world, { moment, number: 1 + ((round * 13) % 50) }, tally);
    }
    const unrecorded = await findUnrecorded(world, tally);
    const { kills, late, cut, received } = tally;
    process.stdout.write(
      `${kills} kills, ${late} of them too late; ${received.length} answers and events received, ${cut} cut off; ` +
        `${unrecorded.length} without their record\n`,
    );
    expect(unrecorded).toEqual([]);
    expect(late).toBe(0);
    expect(cut).toBeGreaterThanOrEqual(rounds);
    expect(received.length).toBeGreaterThan(rounds * 10);
  });

  it('are missed when a node answers before it has recorded them', async () => {
    const world = await startReadNodes(gatehouse);
    const tally = createReadTally();
    await killAmidReads(world, { moment: 'before', number: 5, settings: answersFirst }, tally);
    const unrecorded = await findUnrecorded(world, tally);
    process.stdout.write(`with the bug: ${unrecorded.length} answers without their record\n`);
    expect(unrecorded.length).toBeGreaterThan(0);
  });
});
