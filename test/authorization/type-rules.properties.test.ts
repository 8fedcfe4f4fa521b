import { describe, it } from 'vitest';
import { choicesArbitrary, forAll, runs, withoutUnhandledRejections } from './property-run.ts';
import { checkChangedWorld, checkRuledWorld, newCounts } from './ruled-property.ts';

const file = 'test/authorization/type-rules.properties.test.ts';

describe('generated types with rules', () => {
  it('show a viewer the objects that exist for it, on whatever way they are reached', async () => {
    const counts = newCounts();
    await withoutUnhandledRejections(() =>
      forAll({
        file,
        arbitrary: choicesArbitrary(2000),
        numRuns: runs / 2,
        check: (numbers) => checkRuledWorld(numbers, counts),
        tally: counts,
        isEnough: () => counts.hidden > counts.triples / 10,
      }),
    );
  }, 300_000);

  it('tell nothing about objects that do not exist for a viewer, when these alone change', async () => {
    const counts = { compared: 0 };
    await withoutUnhandledRejections(() =>
      forAll({
        file,
        arbitrary: choicesArbitrary(2000),
        numRuns: runs / 4,
        check: (numbers) => checkChangedWorld(numbers, counts),
        tally: counts,
        isEnough: () => counts.compared > 0,
      }),
    );
  }, 300_000);
});
