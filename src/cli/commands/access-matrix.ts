import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { NamedError } from '../../error-pages.ts';
import {
  createSchemaReport,
  describeMatrixDifference,
  toJson,
  toMarkdown,
} from '../../gatehouse/schema-report.ts';
import { accessMatrixPath } from '../../schema/project-files.ts';
import type { CliContext } from '../command.ts';

/** The options of `access-matrix`. `file` is by default the project's `access-matrix.md`. */
export interface AccessMatrixChoice {
  readonly json?: true;
  readonly write?: true;
  readonly check?: true;
  readonly file?: string;
  /** With `check`: the most differences to list. Default: all. */
  readonly maxDifferences?: number;
}

/**
 * `access-matrix`, and with `--json`, `--write` or `--check`.
 *
 * @throws {Error} from `--check`, with a line for each coordinate, when schema and file differ.
 */
export async function runAccessMatrix(
  { print, ...context }: Pick<CliContext, 'print' | 'project'>,
  { json, write, check, maxDifferences, ...choice }: AccessMatrixChoice,
): Promise<void> {
  const project = await context.project();
  const file = choice.file ?? accessMatrixPath(project);
  const matrix = createSchemaReport(project).accessMatrix();
  const markdown = toMarkdown(matrix);
  if (check === true) {
    await checkFile(file, markdown, maxDifferences);
    print(`${file} is up to date with the schema.`);
  } else if (write === true) {
    await writeFile(file, markdown);
    print(`wrote ${file}`);
  } else {
    print(json === true ? toJson(matrix) : markdown.trimEnd());
  }
}

/** @throws {Error} when the file is missing or differs. */
async function checkFile(file: string, markdown: string, most = Number.POSITIVE_INFINITY) {
  if (!existsSync(file)) {
    const message = `${file} is missing. Write it: gatehouse access-matrix --write`;
    throw new NamedError('access-matrix-differs', message);
  }
  const written = await readFile(file, 'utf8');
  if (written === markdown) return;
  const differences = describeMatrixDifference(written, markdown);
  throw new NamedError(
    'access-matrix-differs',
    [
      `${file} differs from the schema.`,
      ...shorten(differences, most).map((line) => `  ${line}`),
      ...(differences.length === 0 ? ['  Only the text differs; the tables are the same.'] : []),
      'Review each change. If all are intended, write the file: gatehouse access-matrix --write',
    ].join('\n'),
  );
}

/** Shows the differences that open something first, and counts those that are too many. */
function shorten(differences: readonly string[], most: number): readonly string[] {
  if (differences.length <= most) return differences;
  const isOpening = (line: string) => line.startsWith('opens ');
  const ordered = [
    ...differences.filter(isOpening),
    ...differences.filter((line) => !isOpening(line)),
  ];
  const counts = new Map<string, number>();
  for (const line of ordered.slice(most)) {
    const [kind = ''] = line.split(' ', 1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const counted = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return [...ordered.slice(0, most), `and ${counted}. Show all: gatehouse check --full`];
}
