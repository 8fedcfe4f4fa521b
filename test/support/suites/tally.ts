import type { RunnerTestCase, RunnerTestSuite } from 'vitest';
import { type Differences, reasonOf } from './jest-globals.ts';

const testsOf = (suite: RunnerTestSuite): readonly RunnerTestCase[] =>
  suite.tasks.flatMap((task) => (task.type === 'test' ? [task] : testsOf(task)));

/** Describes how many cases of a suite held, and how many did not for which reason. */
export function describeTally(suite: RunnerTestSuite, differences: Differences): string {
  const tests = testsOf(suite);
  const ran = tests.filter(({ result }) => result?.state === 'pass');
  const held = ran.filter(({ fails }) => fails !== true);
  const different = ran
    .filter(({ fails }) => fails === true)
    .map(({ name }) => `differs: ${differences[name]}`);
  const skipped = tests
    .filter(({ result, mode }) => mode === 'skip' || result?.state === 'skip')
    .map((test) => `not applicable: ${reasonOf(test) ?? 'the suite needs graphql 17 for it'}`);
  const counts = new Map<string, number>();
  for (const reason of [...different, ...skipped])
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [
    `${suite.name}: ${held.length} of ${tests.length} cases hold`,
    ...[...counts].map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`),
  ].join('\n');
}
