import { readFile, writeFile } from 'node:fs/promises';
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
}

/**
 * `access-matrix`, and with `--json`, `--write` or `--check`.
 *
 * @throws {Error} from `--check`, with a line for each coordinate, when schema and file differ.
 */
export async function runAccessMatrix(
  { print, ...context }: Pick<CliContext, 'print' | 'project'>,
  { json, write, check, ...choice }: AccessMatrixChoice,
): Promise<void> {
  const project = await context.project();
  const file = choice.file ?? accessMatrixPath(project);
  const matrix = createSchemaReport(project).accessMatrix();
  const markdown = toMarkdown(matrix);
  if (check === true) {
    await checkFile(file, markdown);
    print(`${file} is up to date with the schema.`);
  } else if (write === true) {
    await writeFile(file, markdown);
    print(`wrote ${file}`);
  } else {
    print(json === true ? toJson(matrix) : markdown.trimEnd());
  }
}

async function checkFile(file: string, markdown: string): Promise<void> {
  const written = await readFile(file, 'utf8');
  if (written === markdown) return;
  const differences = describeMatrixDifference(written, markdown);
  throw new Error(
    [
      `${file} differs from the schema.`,
      ...differences.map((line) => `  ${line}`),
      ...(differences.length === 0 ? ['  Only the text differs; the tables are the same.'] : []),
      'Review each change. If all are intended, write the file: gatehouse access-matrix --write',
    ].join('\n'),
  );
}
