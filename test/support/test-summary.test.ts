import { describe, expect, it } from 'vitest';
import { describeRun, describeSkipped } from './test-summary.ts';

describe('a run of Vitest', () => {
  it('ends with the number and files of the tests that it skipped', () => {
    const skipped = { 'test/cli/history.test.ts': 1, 'test/database/migrate.test.ts': 10 };
    expect(describeSkipped(skipped, true)).toBe(
      '\nNot tested: 11 skipped tests in test/cli/history.test.ts (1), test/database/migrate.test.ts (10).\n',
    );
  });

  it('ends with what was not tested on PostgreSQL', () => {
    expect(describeSkipped({}, false)).toMatch(
      /^\nNot tested: PostgreSQL, .*TEST_DATABASE_URL\.\n$/,
    );
  });

  it('ends without such a line when it tested everything', () => {
    expect(describeSkipped({}, true)).toBe('');
  });
});

describe('npm test', () => {
  const startedAtMs = 1_000;
  const passed = { endedAtMs: 2_000, passed: 30, failed: 0, failures: [], skipped: {} };
  const skipping = {
    endedAtMs: 2_000,
    passed: 4,
    failed: 1,
    failures: ['test/a.test.ts > a door > opens: expected 1 to be 2'],
    skipped: { 'test/a.test.ts': 2 },
  };

  it('ends with the results of each script, what failed, all skipped tests and the total', () => {
    const scripts = [
      { name: 'test:unit', summary: passed },
      { name: 'test:cli', summary: skipping },
      { name: 'test:guides', summary: { ...passed, skipped: { 'test/b.test.ts': 3 } } },
    ];
    expect(describeRun(scripts, startedAtMs, true)).toBe(`
  test:unit       30 passed,     0 failed,     0 skipped
  test:cli         4 passed,     1 failed,     2 skipped
  test:guides     30 passed,     0 failed,     3 skipped

Failed:
  test/a.test.ts > a door > opens: expected 1 to be 2

Not tested: 5 skipped tests in test/a.test.ts (2), test/b.test.ts (3).

64 passed, 1 failed, 5 skipped
`);
  });

  it('says which scripts did not run again, and counts their last results', () => {
    const scripts = [{ name: 'test:unit', summary: { ...passed, endedAtMs: 999 } }];
    expect(describeRun(scripts, startedAtMs, true)).toBe(`
  test:unit     30 passed,     0 failed,     0 skipped  not run again: nothing changed

30 passed, 0 failed, 0 skipped
`);
  });

  it('counts a script that did not finish as a failure', () => {
    const scripts = [
      { name: 'test:unit', summary: passed },
      { name: 'test:cli', summary: undefined },
    ];
    const text = describeRun(scripts, startedAtMs, true);
    expect(text).toContain('  test:cli   did not finish\n');
    expect(text).toMatch(/\n30 passed, 1 failed, 0 skipped\n$/);
  });
});
