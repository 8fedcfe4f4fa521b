import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { type NamedTest, readAsvsRows, states } from '../support/asvs/page.ts';
import { print } from './login-world.ts';

/**
 * `npm run proof -- asvs`: runs every test that the page about OWASP ASVS names, and counts the requirements by level
 * and state. Tests in `test/proofs` are not run: each has its own command.
 */
const rows = readAsvsRows();
const named = rows
  .flatMap(({ tests }) => tests)
  .filter(({ file }) => !file.startsWith('test/proofs/'));

/** Matches the titles that a title of the source becomes: `$name`, `%s` and `${name}` stand for values. */
const patternOf = ({ title }: NamedTest): string =>
  title
    .split(/(?:\$\{[^}]*\}|\$[\w.]+|%[a-z])/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Runs tests by their titles, in one run, and returns the state of each. */
function runTests(tests: readonly NamedTest[]) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-asvs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const report = join(folder, 'report.json');
  const files = [...new Set(tests.map(({ file }) => file))];
  const titles = [...new Set(tests.map(patternOf))].join('|');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files, '--testNamePattern', titles];
  // Not the variables of this run, in which the other one would take itself for a worker of it.
  const { VITEST: _own, VITEST_WORKER_ID: _worker, VITEST_POOL_ID: _pool, ...env } = process.env;
  spawnSync(process.execPath, [...vitest, '--reporter=json', `--outputFile=${report}`], { env });
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')));
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((result) => ({ ...result, file: name })),
  );
}

it('every test of the page passes', () => {
  const results = runTests(named);
  const outcomes = named.map((test) => {
    const pattern = new RegExp(patternOf(test));
    const found = results.filter(
      ({ file, fullName }) => file.endsWith(test.file) && pattern.test(fullName),
    );
    const of = (status: string) => found.filter((each) => each.status === status);
    return { ...test, passed: of('passed'), failed: of('failed') };
  });
  const passed = new Set(outcomes.flatMap((outcome) => outcome.passed));
  print(`${named.length} names of tests, ${passed.size} tests passed`);
  for (const level of [1, 2, 3]) {
    const ofLevel = rows.filter((row) => row.level === level);
    const counts = states.map((state) => {
      return `${ofLevel.filter((row) => row.state === state).length} ${state}`;
    });
    print(`level ${level}: ${ofLevel.length} requirements, ${counts.join(', ')}`);
  }
  const wrong = outcomes.filter((each) => each.passed.length === 0 || each.failed.length > 0);
  expect(wrong).toEqual([]);
  recordFigure('asvs.tests', passed.size);
});
