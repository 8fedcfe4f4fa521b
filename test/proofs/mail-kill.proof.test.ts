import { describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { mailKills } from '../support/mail-kill/kill-rounds.ts';
import { endBeforeSending } from '../support/mail-kill/plant-bug.ts';
import { useGatehouse } from '../support/process.ts';
import { cycle, hasPostgres, print, prove, roundsOf, run } from '../support/rounds.ts';

/**
 * `npm run proof -- mail-kill`: kills the node that sends mails by SIGKILL, again and again, while mails are queued. All of
 * them must arrive, with links that work. Needs `TEST_DATABASE_URL`. `test/cli/mail-kill.test.ts` kills a few times.
 */
const rounds = roundsOf(100);
const gatehouse = useGatehouse();

describe.skipIf(!hasPostgres)('mails', () => {
  it(`all arrive, with links that work, when the node that sends is killed ${rounds} times`, async () => {
    const found = await prove(mailKills(gatehouse, rounds), cycle(rounds, ['any']));
    expect(found.faults).toEqual([]);
    // Each queue has one mail that is being sent.
    expect(found.countOf('doubled')).toBeLessThanOrEqual(2 * rounds);
    recordFigure('mail-kill.kills', rounds);
    recordFigure('mail-kill.doubles', found.countOf('doubled'));
  });

  it('are lost when they count as sent before, which is noticed', async () => {
    const kills = mailKills(gatehouse, 3, endBeforeSending);
    const found = await run(kills, cycle(3, ['recipient']));
    print(`with the bug: 3 kills, ${found.countOf('lost')} mails lost`);
    expect(found.countOf('lost')).toBeGreaterThan(0);
  });
});
