import { readFile } from 'node:fs/promises';
import {
  createSchemaReport,
  printCoordinateExplanation,
  printExplanation,
  printGroupExplanation,
} from '../../gatehouse/schema-report.ts';
import type { GroupReport, WaysReport } from '../../schema/packages/package-reports.ts';
import type { CliContext } from '../command.ts';
import { type Report, type ReportChoice, report } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { namesIn, toKebabCase } from '../words.ts';

/** What `explain` explains, for whom, and what is sent with the operation. */
export interface ExplainChoice extends ReportChoice {
  /** Names separated by commas. */
  readonly groups?: string;
  readonly anonymous?: true;
  /** A file of JSON. */
  readonly variables?: string;
  readonly operationName?: string;
  readonly coordinate?: string;
  readonly group?: string;
  /** The maximum number of ways to show. */
  readonly ways?: number;
}

type ExplainContext = Pick<CliContext, 'print' | 'project'>;

/**
 * `explain <operation file> --groups A,B` or `--anonymous`; `explain --coordinate Invoice.total`; `explain --group A`.
 *
 * @throws {UsageError} unless one of them is given, with what belongs to it; {Error} for an operation that is not valid,
 *   unknown groups and coordinates, and files that cannot be read.
 */
export async function runExplain(
  context: ExplainContext,
  file: string | undefined,
  choice: ExplainChoice,
): Promise<void> {
  const { coordinate, group } = choice;
  const subjects = [file, coordinate, group].filter((each) => each !== undefined);
  if (subjects.length !== 1) {
    throw new UsageError('Name what to explain: an operation file, --coordinate or --group.');
  }
  const isOperation = file !== undefined;
  const misplaced = (isOperation ? notOfOperations : ofOperations)
    .filter((name) => choice[name] !== undefined)
    .map((name) => `--${toKebabCase(name)}`);
  if (misplaced.length > 0) throw new UsageError(`${misplaced.join(', ')}: not with this.`);
  if (isOperation) return explainOperation(context, file, choice);
  return report(context, choice, async () => {
    const schema = createSchemaReport(await context.project());
    return coordinate === undefined
      ? toGroupReport(schema.explainGroup(group ?? ''))
      : toCoordinateReport(schema.explainCoordinate(coordinate, choice.ways ?? defaultWays));
  });
}

const defaultWays = 20;

const notOfOperations = ['ways', 'json'] as const;
const ofOperations = ['groups', 'anonymous', 'variables', 'operationName'] as const;

function toCoordinateReport(explained: WaysReport): Report {
  const { operations, problems } = explained;
  const used = operations.map(({ file, operation }) => `  ${file}: ${operation}`);
  return {
    document: explained,
    lines: [
      ...printCoordinateExplanation(explained),
      ...(used.length === 0 ? [] : ['', 'Used by the operations:', ...used]),
      ...problems,
    ],
  };
}

function toGroupReport(explained: GroupReport): Report {
  const { operations, problems } = explained;
  const decided = operations.map(
    ({ file, operation, verdict }) => `  ${file}: ${operation}: ${verdict}`,
  );
  return {
    document: explained,
    lines: [
      ...printGroupExplanation(explained),
      ...(decided.length === 0 ? [] : ['', 'Operations:', ...decided]),
      ...problems,
    ],
  };
}

/** @throws {UsageError} without a viewer. */
async function explainOperation(
  { print, project }: ExplainContext,
  file: string,
  { groups, anonymous, variables, operationName }: ExplainChoice,
): Promise<void> {
  if ((groups === undefined) === (anonymous === undefined)) {
    throw new UsageError(
      'Specify the viewer: either --groups A,B (--groups "" for none) or --anonymous.',
    );
  }
  const operation = await readFile(file, 'utf8');
  const explanation = createSchemaReport(await project()).explain(operation, {
    groups: groups === undefined ? null : namesIn(groups),
    operationName,
    variableValues: variables === undefined ? undefined : await readVariables(variables),
  });
  for (const line of printExplanation(explanation)) print(line);
}

async function readVariables(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, 'utf8');
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON.`, { cause });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new Error(`${file} does not contain a JSON object of variables.`);
  }
  return Object.fromEntries(Object.entries(values));
}
