import { it } from 'vitest';
import { timesOf } from '../support/sample.ts';
import { comparePlacedWorlds } from './within-drawn-property.ts';

it(
  'decides calls, fields and lists of drawn schemas as the contract says it, on graphql-js and compiled',
  () =>
    comparePlacedWorlds({
      file: 'test/authorization/within-drawn.properties.test.ts',
      numRuns: timesOf(500, 24),
      operations: 80,
    }),
  600_000,
);
