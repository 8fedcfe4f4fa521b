import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { removals } from '../support/removal-rounds.ts';
import { hasPostgres, run } from '../support/rounds.ts';

const gatehouse = useGatehouse();

/** Many more kills: `npm run proof -- removals`. */
it.skipIf(!hasPostgres)(
  'ended sessions are all removed once, and no others, by a server that is killed meanwhile',
  async () => {
    const { outcomes } = await run(removals(gatehouse, 3_000), [0]);
    expect(outcomes).toEqual({ amid: 1, removed: 9_000, twice: 0, lost: 0, left: 0 });
  },
);
