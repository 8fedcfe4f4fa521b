import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { plant, plantedBugs } from '../support/planted-bugs.ts';

/**
 * `npm run proof -- planted-bugs`: plants one bug after the other in the rules for types, runs their tests with it, and
 * says which test notices it. Nothing is written to the files. `BUGS` chooses some by their numbers: `BUGS=0,7`.
 */
const chosen = process.env.BUGS?.split(',').map(Number);
/** The tests by hand first: generated ones look for a simpler case when they fail. */
const files = [
  [
    'type-rules.test.ts',
    'type-rules-attacks.test.ts',
    'type-rules-values.test.ts',
    'type-rules-answers.test.ts',
    'type-rules-connections.test.ts',
    'rows-hosts.test.ts',
  ],
  ['within.test.ts', 'within-rows.test.ts'],
  ['type-rules.properties.test.ts'],
  ['within.properties.test.ts', 'within-drawn.properties.test.ts'],
].map((names) => names.map((name) => `test/authorization/${name}`));

/** Returns the title of the first test that fails. Undefined: none does. */
function firstFailure(bug: string, tests: readonly string[]): string | undefined {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.planted.config.ts'];
  const { stdout } = spawnSync(process.execPath, [...vitest, '--reporter', 'json', ...tests], {
    encoding: 'utf8',
    env: { ...process.env, PLANTED_BUG: bug, PROPERTY_SEED: '4' },
    maxBuffer: 2 ** 28,
  });
  const report: unknown = JSON.parse(stdout.slice(stdout.indexOf('{"numTotalTestSuites"')));
  const { testResults }: { testResults: { assertionResults: Result[] }[] } = Object(report);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.length, stdout).toBeGreaterThan(0);
  return results.find(({ status }) => status === 'failed')?.fullName;
}

interface Result {
  readonly status: string;
  readonly fullName: string;
}

let noticedBugs = 0;

it('plants nothing in tests that hold', () => {
  expect(files.map((tests) => firstFailure('none', tests))).toEqual(files.map(() => undefined));
});

it.each(
  plantedBugs
    .map((bug, index) => ({ ...bug, index }))
    .filter(({ index }) => chosen === undefined || chosen.includes(index)),
)('notices that $title', ({ index, title, ...bug }) => {
  expect(plant({ title, ...bug })).not.toBe('');
  let noticed: string | undefined;
  for (const tests of files) noticed ??= firstFailure(String(index), tests);
  process.stdout.write(`${title}: ${noticed ?? 'NOT NOTICED'}\n`);
  expect(noticed).toBeDefined();
  noticedBugs += 1;
  if (noticedBugs === plantedBugs.length) recordFigure('planted-bugs.noticed', noticedBugs);
});
