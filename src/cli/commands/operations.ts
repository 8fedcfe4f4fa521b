import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import {
  jsonOption,
  momentOr,
  type Report,
  type ReportChoice,
  report,
  toTable,
} from '../report.ts';
import { UsageError } from '../usage-error.ts';

/** `operations check|usage`. What they need is imported when they run. */
export function addOperationCommands(program: Command, context: CliContext): void {
  const operations = program
    .command('operations')
    .description('decide the operations of front ends before they are sent, and list their use');
  operations
    .command('check')
    .description(
      'fail and show which operations of front ends are invalid, or refused more than before',
    )
    .argument(
      '[files...]',
      'folders of .graphql files, and persisted documents of Apollo, Relay or the client preset (default: `operations` of the configuration)',
    )
    .option('--write', 'write the verdicts to the file')
    .option('--file <path>', 'the file (default: operations.md of the project)')
    .action((files: readonly string[], choice: OperationsChoice) =>
      runOperationsCheck(context, files, choice),
    );
  operations
    .command('usage')
    .description(
      'show when each version of a front end was last seen, by the files of OPERATIONS_PATH',
    )
    .option(...jsonOption)
    .action((choice: ReportChoice) => report(context, choice, () => reportUsage(context)));
}

/** `operations usage`. */
async function reportUsage(context: Pick<CliContext, 'load'>): Promise<Report> {
  const { listOperationUsage } = await import('../../gatehouse/operator.ts');
  const versions = await listOperationUsage(await context.load());
  const rows = versions.map(({ app, version, hasFile, lastSeenAt, lastNeededAt }) => [
    app,
    version,
    hasFile ? 'yes' : 'no',
    momentOr(lastSeenAt, 'never'),
    momentOr(lastNeededAt, 'never'),
  ]);
  return {
    document: { versions },
    lines: toTable(['APP', 'VERSION', 'FILE', 'LAST SEEN', 'LAST NEEDED'], rows),
  };
}

/** The options of `operations check`. */
export interface OperationsChoice {
  readonly write?: true;
  readonly file?: string;
}

/** Operations are not valid, or their verdicts are worse than those reviewed. Lists every problem. */
class OperationsError extends Error {
  override readonly name = 'OperationsError';
}

/**
 * `operations check`: decides the operations of files for each kind of viewer, and compares the verdicts with the reviewed
 * file. Prints what else changed.
 *
 * @param files from the working folder. Empty: those of the configuration, from the project's folder.
 * @throws {OperationsError} with every problem. @throws {UsageError} without files. @throws {CompositionError}
 */
export async function runOperationsCheck(
  { print, ...context }: Pick<CliContext, 'print' | 'project'>,
  files: readonly string[],
  { write, file: given }: OperationsChoice,
): Promise<void> {
  const { createSchemaReport } = await import('../../gatehouse/schema-report.ts');
  const { configuredOperations, operationsPath } = await import('../../schema/project-files.ts');
  const project = await context.project();
  const paths =
    files.length > 0 ? files.map((path) => resolve(path)) : configuredOperations(project);
  if (paths.length === 0) {
    throw new UsageError('Name files of operations, or `operations` in the configuration.');
  }
  const file = given ?? operationsPath(project);
  const report = createSchemaReport(project).operations(paths);
  if (write === true) {
    requireNone(report.problems);
    await writeFile(file, report.markdown);
    print(`wrote ${file}`);
    return;
  }
  if (!existsSync(file)) {
    requireNone([...report.problems, `${file} is missing. Write it: ${writeCommand}`]);
  }
  const reviewed = await readFile(file, 'utf8');
  const changes = report.changesSince(reviewed);
  const worse = changes.filter(({ kind }) => kind === 'worse').flatMap(({ lines }) => lines);
  const others = changes.filter(({ kind }) => kind !== 'worse').flatMap(({ lines }) => lines);
  for (const line of others) print(line);
  const refused = worse.length === 0 ? [] : [`${file}: operations are refused more:`, ...worse];
  requireNone([
    ...report.problems,
    ...refused,
    ...(worse.length === 0 ? [] : [`If all are intended, write the file: ${writeCommand}`]),
  ]);
  print(
    reviewed === report.markdown
      ? `${file} is up to date with the schema.`
      : `${file} differs, and nothing is worse. Review each change, and write it: ${writeCommand}`,
  );
}

const writeCommand = 'gatehouse operations check --write';

function requireNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new OperationsError(problems.join('\n'));
}
