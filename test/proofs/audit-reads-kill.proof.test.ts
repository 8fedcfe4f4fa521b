import { describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { answersFirst, killsAmidReads } from '../support/audit-reads-kill/kill-rounds.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, numbered, print, prove, roundsOf, run } from '../support/rounds.ts';

/**
 * `npm run proof -- audit-reads-kill`: kills a node by SIGKILL between answers and the record of their reads. Needs
 * `TEST_DATABASE_URL`. `test/cli/audit-reads-kill.test.ts` kills twice.
 */
const rounds = roundsOf(40);
const gatehouse = useGatehouse();

describe.skipIf(!hasPostgres)('reads', () => {
  it('are recorded before their answers are sent, whenever a node is killed', async () => {
    const kills = numbered(rounds).map((round) => ({
      moment: round % 2 === 0 ? ('before' as const) : ('after' as const),
      number: 1 + ((round * 13) % 50),
    }));
    const found = await prove(killsAmidReads(gatehouse), kills);
    expect(found.faults).toEqual([]);
    expect(found.countOf('too late')).toBe(0);
    expect(found.countOf('cut')).toBeGreaterThanOrEqual(rounds);
    expect(found.countOf('received')).toBeGreaterThan(rounds * 10);
    recordFigure('audit-reads-kill.kills', rounds);
    recordFigure('audit-reads-kill.answers', found.countOf('received'));
  });

  it('are missed when a node answers before it has recorded them', async () => {
    const rounds = killsAmidReads(gatehouse, answersFirst);
    const { faults } = await run(rounds, [{ moment: 'before', number: 5 }]);
    print(`with the bug: ${faults.length} answers without their record`);
    expect(faults.length).toBeGreaterThan(0);
  });
});
