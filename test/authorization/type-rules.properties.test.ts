import { describe, it } from 'vitest';
import { runs } from './property-run.ts';
import { compareChangedWorlds, compareRuledWorlds } from './ruled-property.ts';

const file = 'test/authorization/type-rules.properties.test.ts';

describe('generated types with rules', () => {
  it(
    'show a viewer the objects that exist for it, on whatever way they are reached',
    () => compareRuledWorlds({ file, numRuns: runs / 2, isPlain: false }),
    300_000,
  );

  it(
    'tell nothing about objects that do not exist for a viewer, when these alone change',
    () => compareChangedWorlds({ file, numRuns: runs / 4 }),
    300_000,
  );
});
