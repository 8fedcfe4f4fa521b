import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSchemaReport, type SchemaReport } from '../../gatehouse/schema-report.ts';
import type { CliContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { namesIn } from '../words.ts';

export interface SchemaChoice {
  readonly federation?: true;
  /** For `federation` alone. */
  readonly policies?: string;
  readonly viewer?: string;
  readonly anonymous?: true;
  readonly output?: string;
}

/** `schema`, `schema --federation`, and what a viewer sees: `schema --viewer A,B` or `--anonymous`. */
export async function runSchema(
  { print, project }: Pick<CliContext, 'print' | 'project'>,
  choice: SchemaChoice,
): Promise<void> {
  const { federation, policies, viewer, anonymous, output } = choice;
  if ([federation, viewer, anonymous].filter((each) => each !== undefined).length > 1) {
    throw new UsageError('Use only one of --federation, --viewer and --anonymous.');
  }
  if (policies !== undefined && federation === undefined) {
    throw new UsageError('Use --policies with --federation.');
  }
  const report = createSchemaReport(await project());
  const sdl = `${toSdl(report, choice).trimEnd()}\n`;
  if (output === undefined) return print(sdl.trimEnd());
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, sdl);
}

function toSdl(report: SchemaReport, choice: SchemaChoice): string {
  const { federation, policies = '', viewer, anonymous } = choice;
  if (federation === true) return report.printForFederation(namesIn(policies));
  if (anonymous === true) return report.printVisibleTo(null);
  return viewer === undefined ? report.print() : report.printVisibleTo(namesIn(viewer));
}
