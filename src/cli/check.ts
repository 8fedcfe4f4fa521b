import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSchemaReport, generatedSchemaPath } from '../operator.ts';
import { runAccessMatrix } from './access-matrix.ts';
import type { CliContext } from './command.ts';

/** What is not up to date. Lists everything. */
export class CheckError extends Error {
  override readonly name = 'CheckError';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * `check`: composes the schema, which verifies guards, policies, costs and resolvers, and compares the generated
 * schema, from which types are made, and the committed access matrix with it. Needs no database.
 *
 * @throws {CheckError} with every difference. @throws {CompositionError}
 */
export async function runCheck({
  print,
  ...context
}: Pick<CliContext, 'print' | 'project'>): Promise<void> {
  const project = await context.project();
  const file = generatedSchemaPath(project);
  const isGenerated = existsSync(file) || existsSync(join(project.directory, 'codegen.ts'));
  const schema = createSchemaReport(project).print();
  const problems = [
    ...(isGenerated && readIfThere(file)?.trimEnd() !== schema.trimEnd()
      ? [`${file} differs from the schema. Write it: gatehouse generate`]
      : []),
    ...(await differencesOfMatrix(async () => project)),
  ];
  if (problems.length > 0) throw new CheckError(problems);
  print('The schema, the generated files and the access matrix agree.');
}

const readIfThere = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

const differencesOfMatrix = (project: CliContext['project']): Promise<readonly string[]> =>
  runAccessMatrix({ print: () => {}, project }, { check: true }).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
