import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  createSchemaReport,
  describeMatrixDifference,
  toMarkdown,
} from '../../gatehouse/schema-report.ts';
import type { Project } from '../../schema/project.ts';
import { accessMatrixPath, operationsPath } from '../../schema/project-files.ts';

/**
 * Describes what changes for viewers, as a comment in Markdown: the access matrix, and the verdicts about the operations
 * that the project names, each against a reviewed file.
 *
 * @param base the folder of the reviewed files, such as those of the branch to merge into. A missing file is empty.
 */
export async function describeForReview(project: Project, base: string): Promise<string> {
  const report = createSchemaReport(project);
  const readBase = (path: string) => readIfThere(join(base, basename(path)));
  const matrix = describeMatrixDifference(
    await readBase(accessMatrixPath(project)),
    toMarkdown(report.accessMatrix()),
  );
  const { operations = [] } = project.config;
  const paths = operations.map((path) => resolve(project.directory, path));
  const { changesSince, problems } = report.operations(paths);
  const changes = changesSince(await readBase(operationsPath(project)));
  return [
    '## Access',
    ...section('Access matrix', matrix),
    ...(paths.length === 0
      ? []
      : section('Operations', [...problems, ...changes.flatMap(({ lines }) => lines)])),
  ].join('\n');
}

const readIfThere = async (path: string): Promise<string> =>
  existsSync(path) ? readFile(path, 'utf8') : '';

/** Prints lines as they are: names in them could be read as Markdown. */
const section = (heading: string, lines: readonly string[]): readonly string[] => [
  ...['', `### ${heading}`, ''],
  ...(lines.length === 0 ? ['No change.'] : ['```text', ...lines, '```']),
];
