import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { killAmidRemovals } from '../support/removal-rounds.ts';

/**
 * `npm run proof -- removals`: kills the server while it removes ended sessions in the background, again and again on one
 * PostgreSQL database. Needs `TEST_DATABASE_URL`. `test/cli/removals.test.ts` kills it a few times.
 */
const kills = Number(process.env.ROUNDS ?? 50);
const sessions = 3_000;
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `removes all ended sessions once, and no others, killed ${kills} times meanwhile`,
  async () => {
    const tally = await killAmidRemovals(gatehouse, { kills, sessions });
    const { amid, removed, removedTwice, lost, left } = tally;
    process.stdout.write(
      `${kills} kills, ${amid} amid removals: ${removed} sessions removed, ${removedTwice} twice, ` +
        `${lost} lost, ${left} left\n`,
    );
    expect(tally).toEqual({
      kills,
      removed: 3 * sessions * kills,
      amid: kills,
      removedTwice: 0,
      lost: 0,
      left: 0,
    });
  },
  3_600_000,
);
