import { createSchemaReport } from '../operator.ts';
import type { CliContext } from './command.ts';
import { UsageError } from './usage-error.ts';
import { namesIn } from './words.ts';

/** Which form of the schema `schema` prints. */
export interface SchemaChoice {
  readonly federation?: true;
  readonly viewer?: string;
  readonly anonymous?: true;
}

/** `schema`, `schema --federation`, and what a viewer sees: `schema --viewer A,B` or `--anonymous`. */
export async function runSchema(
  { print, project }: Pick<CliContext, 'print' | 'project'>,
  choice: SchemaChoice,
): Promise<void> {
  const { federation, viewer, anonymous } = choice;
  if (Object.keys(choice).length > 1) {
    throw new UsageError('Use only one of --federation, --viewer and --anonymous.');
  }
  const report = createSchemaReport(await project());
  const printSdl = (sdl: string) => print(sdl.trimEnd());
  if (federation === true) printSdl(report.printForFederation());
  else if (anonymous === true) printSdl(report.printVisibleTo(null));
  else if (viewer !== undefined) printSdl(report.printVisibleTo(namesIn(viewer)));
  else printSdl(report.print());
}
