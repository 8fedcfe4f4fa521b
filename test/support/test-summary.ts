/** What a run of Vitest found. */
export interface TestSummary {
  readonly endedAtMs: number;
  readonly passed: number;
  readonly failed: number;
  /** What failed: a test or a file, and the first line of its error. */
  readonly failures: readonly string[];
  /** The number of skipped tests by file. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** A script of `npm test`. */
export interface TestScript {
  readonly name: string;
  /** Of its last run. Undefined when that has not come to its end. */
  readonly summary: TestSummary | undefined;
}

const sum = (counts: readonly number[]) => counts.reduce((total, each) => total + each, 0);
const testsOf = ({ passed, failed, skipped }: TestSummary) =>
  passed + failed + sum(Object.values(skipped));

/** One line about what was not tested, or nothing when everything was. */
export function describeSkipped(
  skipped: TestSummary['skipped'],
  hasPostgres = process.env.TEST_DATABASE_URL !== undefined,
): string {
  const total = sum(Object.values(skipped));
  const files = Object.entries(skipped).map(([file, count]) => `${file} (${count})`);
  const parts = [
    ...(total === 0 ? [] : [`${total} skipped tests in ${files.join(', ')}.`]),
    ...(hasPostgres ? [] : ['PostgreSQL, also with test/api: set TEST_DATABASE_URL.']),
  ];
  return parts.length === 0 ? '' : `\nNot tested: ${parts.join(' ')}\n`;
}

/**
 * The closing summary of `npm test`. A script whose inputs have not changed since it passed does not run again, and
 * counts with its last summary.
 */
export function describeRun(
  scripts: readonly TestScript[],
  startedAtMs: number,
  hasPostgres?: boolean,
): string {
  const summaries = scripts.flatMap(({ summary }) => summary ?? []);
  const line = (name: string, { summary }: TestScript) => {
    if (summary === undefined) return `  ${name}  did not finish\n`;
    const unchanged = summary.endedAtMs < startedAtMs ? '  not run again: nothing changed' : '';
    const counts = [summary.passed, summary.failed, sum(Object.values(summary.skipped))];
    return `  ${name}  ${countsOf(counts.map((count) => String(count).padStart(5)))}${unchanged}\n`;
  };
  const width = Math.max(...scripts.map(({ name }) => name.length));
  const skipped = Object.assign({}, ...summaries.map((summary) => summary.skipped));
  const failures = scripts.length - summaries.length + sum(summaries.map(({ failed }) => failed));
  const total = [
    sum(summaries.map(({ passed }) => passed)),
    failures,
    sum(summaries.map((summary) => testsOf(summary) - summary.passed - summary.failed)),
  ];
  return [
    '\n',
    ...scripts.map((script) => line(script.name.padEnd(width), script)),
    describeFailures(summaries.flatMap((summary) => summary.failures)),
    describeSkipped(skipped, hasPostgres),
    `\n${countsOf(total)}\n`,
  ].join('');
}

/** The failures again: their own reports can be thousands of lines above. */
const describeFailures = (failures: readonly string[]): string =>
  failures.length === 0 ? '' : `\nFailed:\n${failures.map((each) => `  ${each}\n`).join('')}`;

const countsOf = ([passed, failed, skipped]: readonly (number | string)[]) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
