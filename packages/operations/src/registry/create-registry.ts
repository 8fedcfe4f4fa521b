import {
  createDecideForAnyVariables,
  deprecatedUses,
  type OperationRegistry,
  operationColumns,
  printVerdict,
  type RegisteredOperation,
  TooManyConditionsError,
} from '@graphql-gatehouse/authorization/reports';
import { GraphQLError, validate } from 'graphql';
import type { CheckedRegistry, ComposedSchema, Steps } from 'graphql-gatehouse';
import { type FileOperation, hasLines, type ReadOperations } from './operation-files.ts';

export interface RegistryOptions
  extends Pick<ComposedSchema, 'schema' | 'requirements' | 'costOf' | 'groupSets'> {
  /** The names of groups. */
  readonly groups: Iterable<string>;
}

/** Decides all operations of files for each kind of viewer. It yields after each, so that a server can do other work. */
export function* createRegistry(
  options: RegistryOptions,
  read: ReadOperations,
): Steps<CheckedRegistry> {
  const problems = [...read.problems];
  const columns = operationColumns(options.groups, options.groupSets);

  function decideAll(file: string, operation: FileOperation): readonly RegisteredOperation[] {
    const found = findInvalid(options, file, operation);
    if (found.length === 0) {
      try {
        return [toRegistered(options, operation, columns)];
      } catch (error) {
        if (!(error instanceof GraphQLError || error instanceof TooManyConditionsError))
          throw error;
        found.push(`${file}: ${operation.name}: ${error.message}`);
      }
    }
    problems.push(...found);
    return [];
  }

  const files: OperationRegistry['files'][number][] = [];
  for (const { name, operations } of read.files) {
    const decided: RegisteredOperation[] = [];
    for (const each of operations) {
      decided.push(...decideAll(name, each));
      yield;
    }
    files.push({ name, operations: decided });
  }
  return { registry: { columns: columns.map(({ name }) => name), files }, problems };
}

function findInvalid(
  { schema }: RegistryOptions,
  file: string,
  { name, document }: FileOperation,
): string[] {
  return validate(schema, document).map((error) => {
    const [{ line } = { line: 1 }] = error.locations ?? [];
    const place =
      error.source !== undefined && hasLines(error.source) ? `${error.source.name}:${line}` : file;
    return `${place}: ${name}: ${error.message}`;
  });
}

/** @throws {GraphQLError | TooManyConditionsError} for an operation that is too large to decide. */
function toRegistered(
  { schema, requirements, costOf }: RegistryOptions,
  { name, document }: FileOperation,
  columns: ReturnType<typeof operationColumns>,
): RegisteredOperation {
  const decide = createDecideForAnyVariables({ schema, requirements }, document);
  const cells = columns.map(({ viewer }) => decide(viewer));
  return {
    name,
    cost: costOf(document),
    deprecated: deprecatedUses(schema, document),
    cells,
    verdicts: cells.map(printVerdict),
  };
}
