import { describe, expect, it } from 'vitest';
import { killAmidMails } from '../support/mail-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

/** 100 kills: `npm run proof -- mail-kill`. */
describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('mails', () => {
  it('all arrive, with links that work, when the node that sends is killed', async () => {
    const { balance, links, kills } = await killAmidMails(gatehouse, { rounds: 1 });
    expect(kills).toBe(1);
    expect(balance).toMatchObject({ lost: [], unknown: [], unqueued: [], faults: [] });
    expect(links).toEqual({ worked: expect.any(Number), refused: [] });
    expect(links.worked).toBeGreaterThan(0);
  });
});
