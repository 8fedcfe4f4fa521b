import { expect, it } from 'vitest';
import { describeSkipped } from './skipped-reporter.ts';

it('a run that skipped tests ends with their number and files', () => {
  const skipped = new Map([
    ['test/cli/history.test.ts', 1],
    ['test/database/migrate.test.ts', 10],
  ]);
  expect(describeSkipped(skipped, true)).toBe(
    '\nNot tested: 11 skipped tests in test/cli/history.test.ts (1), test/database/migrate.test.ts (10).\n',
  );
});

it('a run without PostgreSQL ends with what was not tested there', () => {
  expect(describeSkipped(new Map(), false)).toMatch(
    /^\nNot tested: PostgreSQL, .*TEST_DATABASE_URL\.\n$/,
  );
});

it('a run that tested everything ends without such a line', () => {
  expect(describeSkipped(new Map(), true)).toBe('');
});
