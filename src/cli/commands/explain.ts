import { readFile } from 'node:fs/promises';
import { createSchemaReport, printExplanation } from '../../gatehouse/schema-report.ts';
import type { CliContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { namesIn } from '../words.ts';

/** For whom `explain` explains, and what is sent with the operation. */
export interface ExplainChoice {
  /** Names separated by commas. */
  readonly groups?: string;
  readonly anonymous?: true;
  /** A file of JSON. */
  readonly variables?: string;
  readonly operationName?: string;
}

/**
 * `explain <operation file> --groups A,B` or `--anonymous`.
 *
 * @throws {UsageError} without a viewer; {Error} for an operation that is not valid, unknown groups, and files that cannot be read.
 */
export async function runExplain(
  { print, project }: Pick<CliContext, 'print' | 'project'>,
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
