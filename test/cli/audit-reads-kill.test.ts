import { describe, expect, it } from 'vitest';
import { killsAmidReads } from '../support/audit-reads-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, run } from '../support/rounds.ts';

const gatehouse = useGatehouse();

/** Kills many times, and a node with a bug too: `npm run proof -- audit-reads-kill`. */
describe.skipIf(!hasPostgres)('reads', () => {
  it('are recorded before their answers are sent, by a node that is killed amid the record', async () => {
    const found = await run(killsAmidReads(gatehouse), [
      { moment: 'before', number: 8 },
      { moment: 'after', number: 8 },
    ]);
    expect(found.faults).toEqual([]);
    expect(found.countOf('too late')).toBe(0);
    expect(found.countOf('received')).toBeGreaterThan(10);
    expect(found.countOf('cut')).toBeGreaterThan(0);
  });
});
