import { describe, expect, it } from 'vitest';
import {
  createReadTally,
  findUnrecorded,
  killAmidReads,
  startReadNodes,
} from '../support/audit-reads-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

/** Kills many times, and a node with a bug too: `npm run proof -- audit-reads-kill`. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('reads', () => {
  it('are recorded before their answers are sent, by a node that is killed amid the record', async () => {
    const world = await startReadNodes(gatehouse);
    const tally = createReadTally();
    for (const moment of ['before', 'after'] as const) {
      await killAmidReads(world, { moment, number: 8 }, tally);
    }
    expect(await findUnrecorded(world, tally)).toEqual([]);
    expect(tally).toMatchObject({ kills: 2, late: 0 });
    expect(tally.received.length).toBeGreaterThan(10);
    expect(tally.cut).toBeGreaterThan(0);
  });
});
