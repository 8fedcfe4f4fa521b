import { describe, expect, it } from 'vitest';
import { mailKills } from '../support/mail-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, run } from '../support/rounds.ts';

const gatehouse = useGatehouse();

/** 100 kills: `npm run proof -- mail-kill`. */
describe.skipIf(!hasPostgres)('mails', () => {
  it('all arrive, with links that work, when the node that sends is killed', async () => {
    const found = await run(mailKills(gatehouse, 1), ['any']);
    expect(found.faults).toEqual([]);
    expect(found.countOf('links worked')).toBeGreaterThan(0);
  });
});
