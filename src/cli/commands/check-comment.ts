import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  createSchemaReport,
  describeMatrixDifference,
  toMarkdown,
} from '../../gatehouse/schema-report.ts';
import { packagesOf } from '../../schema/packages/packages.ts';
import type { Project } from '../../schema/project.ts';
import { accessMatrixPath } from '../../schema/project-files.ts';

/**
 * Describes what changes for viewers, as a comment in Markdown: the access matrix, and what packages check, each against
 * a reviewed file.
 *
 * @param base the folder of the reviewed files, such as those of the branch to merge into. A missing file is empty.
 */
export async function describeForReview(project: Project, base: string): Promise<string> {
  const report = createSchemaReport(project);
  const readReviewed = (file: string) => readIfThere(join(base, file));
  const matrix = describeMatrixDifference(
    await readReviewed(basename(accessMatrixPath(project))),
    toMarkdown(report.accessMatrix()),
  );
  const sections = [...section('Access matrix', matrix)];
  for (const { check } of packagesOf(project.config)) {
    const described = await check?.describe(report.composed(), readReviewed);
    if (described !== undefined) sections.push(...section(described.heading, described.lines));
  }
  return ['## Access', ...sections].join('\n');
}

const readIfThere = async (path: string): Promise<string> =>
  existsSync(path) ? readFile(path, 'utf8') : '';

/** Prints lines as they are: names in them could be read as Markdown. */
const section = (heading: string, lines: readonly string[]): readonly string[] => [
  ...['', `### ${heading}`, ''],
  ...(lines.length === 0 ? ['No change.'] : ['```text', ...lines, '```']),
];
