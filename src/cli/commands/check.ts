import { existsSync, readFileSync } from 'node:fs';
import { createSchemaReport } from '../../gatehouse/schema-report.ts';
import type { Project } from '../../schema/project.ts';
import { generatedSchemaPath } from '../../schema/project-files.ts';
import type { CliContext } from '../command.ts';
import { codegen, hasCodegen, runTool } from '../project-tools.ts';
import { runAccessMatrix } from './access-matrix.ts';

/** Generated files differ from the schema, or guards have gaps. Lists every problem. */
class CheckError extends Error {
  override readonly name = 'CheckError';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type CheckContext = Pick<CliContext, 'print' | 'project' | 'directory' | 'environment'>;

/**
 * `check`: composes the schema, which verifies guards, policies, costs and resolvers, finds filters and orders that
 * reveal guarded fields, and compares the generated schema, the types of `codegen.ts` and the committed access matrix
 * with the schema. Needs no database.
 *
 * @throws {CheckError} with every problem. @throws {CompositionError}
 */
export async function runCheck({ print, ...context }: CheckContext): Promise<void> {
  const project = await context.project();
  const matrix = { print: () => {}, project: async () => project };
  const problems = [
    ...createSchemaReport(project).oracles(),
    ...(await differencesOfGenerated(context, project)),
    ...(await failureOf(() => runAccessMatrix(matrix, { check: true }))),
  ];
  if (problems.length > 0) throw new CheckError(problems);
  print('The schema, the generated files and the access matrix agree.');
}

/**
 * Types are made from the generated schema, so they are compared only when that is right. The comparison is without
 * hooks of `codegen.ts` (https://github.com/dotansimha/graphql-code-generator/issues/2726).
 */
async function differencesOfGenerated(
  context: Omit<CheckContext, 'print'>,
  project: Project,
): Promise<readonly string[]> {
  const file = generatedSchemaPath(project);
  const makesTypes = hasCodegen(project.directory);
  if (!makesTypes && !existsSync(file)) return [];
  const schema = createSchemaReport(project).print();
  if (!existsSync(file)) return [`${file} is missing. Write it: gatehouse generate`];
  if (readFileSync(file, 'utf8').trimEnd() !== schema.trimEnd()) {
    return [`${file} differs from the schema. Write it: gatehouse generate`];
  }
  if (!makesTypes) return [];
  const failure = await failureOf(() =>
    runTool(context, codegen, ['--config', 'codegen.ts', '--check']),
  );
  return failure.map(
    (message) => `The types of codegen.ts differ. Write them: gatehouse generate\n${message}`,
  );
}

async function failureOf(work: () => unknown): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
