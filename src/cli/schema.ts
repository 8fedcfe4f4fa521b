import { createSchemaReport } from '../app.ts';
import type { CliContext } from './cli.ts';

/** Which form of the schema `schema` prints. */
export interface SchemaChoice {
  readonly federation?: true;
}

/** `schema` and `schema --federation`. */
export function runSchema(
  { print }: Pick<CliContext, 'print'>,
  { federation }: SchemaChoice,
): void {
  const report = createSchemaReport();
  const sdl = federation === true ? report.printForFederation() : report.print();
  print(sdl.trimEnd());
}
