import { describe, expect, it } from 'vitest';
import { killAmidMails } from '../support/mail-kill/kill-rounds.ts';
import { endBeforeSending } from '../support/mail-kill/plant-bug.ts';
import { useGatehouse } from '../support/process.ts';

/**
 * `npm run proof -- mail-kill`: kills the node that sends mails by SIGKILL, again and again, while mails are queued. All of
 * them must arrive, with links that work. Needs `TEST_DATABASE_URL`. `test/cli/mail-kill.test.ts` kills a few times.
 */
const rounds = Number(process.env.ROUNDS ?? 100);
const gatehouse = useGatehouse();

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('mails', () => {
  it(`all arrive, with links that work, when the node that sends is killed ${rounds} times`, async () => {
    const { kills, moments, caused, balance, links } = await killAmidMails(gatehouse, { rounds });
    const { queued, arrived, doubles, lost, unknown, unqueued, faults } = balance;
    const answered = caused.resets.length + caused.invitations.length + caused.changes.length;
    process.stdout.write(
      `${kills} kills (${JSON.stringify(moments)}): ${answered} requests answered, ${caused.unanswered} not; ` +
        `${queued} mails queued, ${arrived} arrived, ${doubles} of them doubles, ${lost.length} lost; ` +
        `${links.worked} links worked, ${links.refused.length} did not; ${faults.length} faults\n`,
    );
    expect({ kills, lost, unknown, unqueued, faults }).toEqual({
      kills: rounds,
      lost: [],
      unknown: [],
      unqueued: [],
      faults: [],
    });
    expect(links.refused).toEqual([]);
    // Each queue has one mail that is being sent.
    expect(doubles).toBeLessThanOrEqual(2 * kills);
  });

  it('are lost when they count as sent before, which is noticed', async () => {
    const { balance } = await killAmidMails(gatehouse, {
      rounds: 3,
      at: 'recipient',
      prepare: ({ sql }) => endBeforeSending(sql),
    });
    process.stdout.write(`with the bug: 3 kills, ${balance.lost.length} mails lost\n`);
    expect(balance.lost.length).toBeGreaterThan(0);
  });
});
