import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { useGatehouse } from '../support/process.ts';
import { removals } from '../support/removal-rounds.ts';
import { hasPostgres, numbered, prove, roundsOf } from '../support/rounds.ts';

/**
 * `npm run proof -- removals`: kills the server while it removes ended sessions in the background, again and again on one
 * PostgreSQL database. Needs `TEST_DATABASE_URL`. `test/cli/removals.test.ts` kills it a few times.
 */
const kills = roundsOf(50);
const sessions = 3_000;
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  `removes all ended sessions once, and no others, killed ${kills} times meanwhile`,
  async () => {
    const { outcomes } = await prove(removals(gatehouse, sessions), numbered(kills));
    const removed = 3 * sessions * kills;
    expect(outcomes).toEqual({ amid: kills, removed, twice: 0, lost: 0, left: 0 });
    recordFigure('removals.kills', kills);
    recordFigure('removals.sessions', removed);
  },
);
