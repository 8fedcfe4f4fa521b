import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { killAmidRemovals } from '../support/removal-rounds.ts';

const gatehouse = useGatehouse();

/** Many more kills: `npm run proof -- removals`. */
it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'ended sessions are all removed once, and no others, by a server that is killed meanwhile',
  async () => {
    const tally = await killAmidRemovals(gatehouse, { kills: 1, sessions: 3_000 });
    const whole = { removedTwice: 0, lost: 0, left: 0 };
    expect(tally).toMatchObject({ kills: 1, removed: 9_000, ...whole });
    expect(tally.amid).toBeGreaterThan(0);
  },
);
