import { it } from 'vitest';
import { runs } from './property-run.ts';
import { compareRuledWorlds } from './ruled-property.ts';

const file = 'test/authorization/rows.properties.test.ts';

/**
 * Lists, nested lists and connections with `rows`, whose resolvers forget the filter, do not ask for it, or get one that is
 * wider than `admits`: no hidden row is delivered, counted, or named beside what is listed. Decisions name the fields that
 * are narrowed and those that data can deny, and no others.
 */
it(
  'generated lists and connections show a viewer the rows that the contract leaves it, whatever resolvers do',
  () => compareRuledWorlds({ file, numRuns: runs, isPlain: true }),
  300_000,
);
