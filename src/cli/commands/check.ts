import { existsSync, readFileSync } from 'node:fs';
import { pagesOf, pagesOfError } from '../../error-pages.ts';
import { reviewProject } from '../../gatehouse/project-migrations.ts';
import {
  acceptFindings,
  type Certainty,
  createSchemaReport,
  describeFinding,
  type Finding,
  type SchemaReport,
} from '../../gatehouse/schema-report.ts';
import { acceptedFindings, packagesOf } from '../../schema/packages/packages.ts';
import type { Project } from '../../schema/project.ts';
import { generatedSchemaPath } from '../../schema/project-files.ts';
import type { CliContext } from '../command.ts';
import { codegen, hasCodegen, runTool } from '../project-tools.ts';
import { runAccessMatrix } from './access-matrix.ts';
import { describeForReview } from './check-comment.ts';

type CheckContext = Pick<CliContext, 'print' | 'project' | 'directory' | 'environment'>;

interface CheckChoice {
  /** Shows the accepted findings with their reasons. */
  readonly verbose?: boolean;
  /** Lists every difference of the access matrix. */
  readonly full?: boolean;
  /** `markdown`: prints a comment for a review in place of hints. */
  readonly format?: 'text' | 'markdown';
  /** The folder of the reviewed files that the comment compares with. Default: the project's. */
  readonly base?: string;
}

/**
 * `check`: composes the schema, which verifies guards, policies, costs and resolvers, compares the generated schema, the
 * types of `codegen.ts` and the committed access matrix with the schema, runs the checks of packages, and lists where viewers could get more than the guards intend, and what no migration makes. Needs no server: migrations are applied in memory.
 *
 * @throws {Error} with every problem. @throws {CompositionError}
 */
export async function runCheck(
  { print: printLine, ...context }: CheckContext,
  { verbose = false, full = false, format = 'text', base }: CheckChoice,
): Promise<void> {
  const project = await context.project();
  const isComment = format === 'markdown';
  if (isComment) printLine(await describeForReview(project, base ?? project.directory));
  const print = isComment ? () => {} : printLine;
  const matrix = { print: () => {}, project: async () => project };
  const report = createSchemaReport(project);
  const findings = [...report.findings()];
  const ofMigrations = await failureOf(async () => {
    findings.push(...(await reviewProject(project)));
  });
  const { open, accepted } = acceptFindings(findings, acceptedFindings(project.config));
  for (const line of [...group('hint', open), ...describeAccepted(accepted, verbose)]) print(line);
  const most = full ? {} : { maxDifferences };
  const problems = [
    ...group('fails', open),
    ...group('fails unless accepted', open),
    ...ofMigrations,
    ...(await differencesOfGenerated(context, project)),
    ...(await checkPackages(report, project, print)),
    ...(await failureOf(() => runAccessMatrix(matrix, { check: true, ...most }))),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  print('The schema, the generated files and the access matrix agree.');
}

/** The differences of the access matrix that are listed: a package adds some hundred. */
const maxDifferences = 20;

const headings: Readonly<Record<Certainty, string>> = {
  fails: 'Fails:',
  'fails unless accepted': 'Fails unless `accepts` in the configuration has a reason:',
  hint: 'Hints:',
};

const indent = (line: string): string => `  ${line}`;

/** Describes the findings of one certainty, and where they are explained, below its heading. */
function group(certainty: Certainty, findings: readonly Finding[]): readonly string[] {
  const found = findings.filter((each) => each.certainty === certainty);
  if (found.length === 0) return [];
  const pages = pagesOf(found.map(({ name }) => name));
  return [headings[certainty], ...[...found.map(describeFinding), ...pages].map(indent)];
}

function describeAccepted(
  accepted: ReturnType<typeof acceptFindings>['accepted'],
  isVerbose: boolean,
): readonly string[] {
  if (accepted.length === 0) return [];
  if (!isVerbose) return [`Accepted: ${accepted.length}. Show them: gatehouse check --verbose`];
  return [
    'Accepted:',
    ...accepted.map(
      ({ finding: { coordinate, problem }, reason }) =>
        `  ${coordinate}: ${problem}. Reason: ${reason}`,
    ),
  ];
}

/** Runs the checks of packages, prints what they found, and returns their problems. */
async function checkPackages(
  report: SchemaReport,
  project: Project,
  print: (line: string) => void,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { check } of packagesOf(project.config)) {
    if (check === undefined) continue;
    const found = await failureOf(async () => {
      const outcome = await check.run(report.composed());
      for (const line of outcome.lines) print(line);
      problems.push(...outcome.problems);
      if (outcome.problems.length > 0) problems.push(...pagesOf(['package-check']));
    });
    problems.push(...found);
  }
  return problems;
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
  const pages = pagesOf(['generated-schema-differs']);
  if (!existsSync(file)) return [`${file} is missing. Write it: gatehouse generate`, ...pages];
  if (readFileSync(file, 'utf8').trimEnd() !== schema.trimEnd()) {
    return [`${file} differs from the schema. Write it: gatehouse generate`, ...pages];
  }
  if (!makesTypes) return [];
  const failure = await failureOf(() =>
    runTool(context, codegen, ['--config', 'codegen.ts', '--check']),
  );
  return failure.flatMap((message) => [
    `The types of codegen.ts differ. Write them: gatehouse generate\n${message}`,
    ...pagesOf(['generated-types-differ']),
  ]);
}

async function failureOf(work: () => unknown): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error), ...pagesOfError(error)];
  }
}
