import type { Reporter, TestModule } from 'vitest/node';

/** How many tests each file skipped. */
export type SkippedTests = ReadonlyMap<string, number>;

/** Prints at the end of a run which tests were skipped: their promises were not tested. */
export function createSkippedReporter(): Reporter {
  let isFiltered = false;
  return {
    onInit({ config }) {
      isFiltered = config.testNamePattern !== undefined;
    },
    onTestRunEnd(modules) {
      // Then skipped tests were not selected.
      if (isFiltered) return;
      const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;
      process.stdout.write(describeSkipped(countSkipped(modules), hasPostgres));
    },
  };
}

function countSkipped(modules: readonly TestModule[]): SkippedTests {
  const counts = modules.map((module) => {
    const skipped = [...module.children.allTests('skipped')].length;
    return [module.relativeModuleId, skipped] as const;
  });
  return new Map(counts.filter(([, skipped]) => skipped > 0));
}

/** One line, or nothing when everything was tested. */
export function describeSkipped(skipped: SkippedTests, hasPostgres: boolean): string {
  const total = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  const files = [...skipped].map(([file, count]) => `${file} (${count})`).join(', ');
  const parts = [
    ...(total === 0 ? [] : [`${total} skipped tests in ${files}.`]),
    ...(hasPostgres ? [] : ['PostgreSQL, also with test/api: set TEST_DATABASE_URL.']),
  ];
  return parts.length === 0 ? '' : `\nNot tested: ${parts.join(' ')}\n`;
}
