import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { describeSkipped, type TestSummary } from './test-summary.ts';

/**
 * Writes the summary of a run to a file, for `npm test`. Without a file it prints at the end which tests were skipped:
 * their promises were not tested.
 */
export function createSummaryReporter(file: string | undefined): Reporter {
  let isFiltered = false;
  return {
    onInit({ config }) {
      isFiltered = config.testNamePattern !== undefined;
    },
    onTestRunEnd(modules, unhandledErrors) {
      const summary = summarize(modules, unhandledErrors.length);
      if (file !== undefined) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, JSON.stringify(summary));
      } else if (!isFiltered) {
        // With a filter, skipped tests were not selected.
        process.stdout.write(describeSkipped(summary.skipped));
      }
    },
  };
}

function summarize(modules: readonly TestModule[], unhandledErrors: number): TestSummary {
  const count = (module: TestModule, state: 'passed' | 'failed' | 'skipped') =>
    [...module.children.allTests(state)].length;
  const total = (counts: readonly number[]) => counts.reduce((sum, each) => sum + each, 0);
  const skipped = modules.map(
    (module) => [module.relativeModuleId, count(module, 'skipped')] as const,
  );
  return {
    endedAtMs: Date.now(),
    passed: total(modules.map((module) => count(module, 'passed'))),
    // A file that cannot be loaded, or a hook that fails, is one failure: its tests did not run.
    failed:
      total(modules.map((module) => count(module, 'failed') + module.errors().length)) +
      unhandledErrors,
    failures: modules.flatMap(failuresOf),
    skipped: Object.fromEntries(skipped.filter(([, tests]) => tests > 0)),
  };
}

function failuresOf(module: TestModule): readonly string[] {
  const first = (errors: readonly { readonly message: string }[] = []) =>
    errors[0]?.message.split('\n')[0] ?? '';
  return [
    ...module.errors().map((error) => `${module.relativeModuleId}: ${first([error])}`),
    ...[...module.children.allTests('failed')].map(
      (test) => `${module.relativeModuleId} > ${test.fullName}: ${first(test.result().errors)}`,
    ),
  ];
}
