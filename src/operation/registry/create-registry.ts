import type { Authorization } from '@graphql-gatehouse/authorization';
import {
  createDecideForAnyVariables,
  deprecatedUses,
  type OperationRegistry,
  operationColumns,
  type RegisteredOperation,
  TooManyConditionsError,
} from '@graphql-gatehouse/authorization/reports';
import { GraphQLError, getOperationAST, validate } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { Pricing } from '../../schema/pricing.ts';
import { amountFor } from '../measure/amount.ts';
import { measureOperation } from '../measure/measure-operation.ts';
import { type FileOperation, hasLines, type ReadOperations } from './operation-files.ts';

/** What operations are decided by. */
export interface RegistryOptions {
  readonly authorization: Pick<Authorization<Context>, 'source' | 'requirements'>;
  readonly pricing: Pricing;
  readonly groups: Iterable<string>;
  /** Sets of groups that users hold together. */
  readonly groupSets: readonly (readonly string[])[];
}

/** A registry of the operations that are valid, and a line for each problem of the others and of their files. */
export interface CheckedRegistry {
  readonly registry: OperationRegistry;
  readonly problems: readonly string[];
}

/** Decides all operations of files for each kind of viewer. It yields after each, so that a server can do other work. */
export function* createRegistry(
  options: RegistryOptions,
  read: ReadOperations,
): Generator<undefined, CheckedRegistry> {
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
  { authorization: { source } }: RegistryOptions,
  file: string,
  { name, document }: FileOperation,
): string[] {
  return validate(source, document).map((error) => {
    const [{ line } = { line: 1 }] = error.locations ?? [];
    const place =
      error.source !== undefined && hasLines(error.source) ? `${error.source.name}:${line}` : file;
    return `${place}: ${name}: ${error.message}`;
  });
}

/** @throws {GraphQLError | TooManyConditionsError} for an operation that is too large to decide. */
function toRegistered(
  { authorization, pricing }: RegistryOptions,
  { name, document }: FileOperation,
  columns: ReturnType<typeof operationColumns>,
): RegisteredOperation {
  const { source: schema, requirements } = authorization;
  const operation = getOperationAST(document);
  if (!operation) throw new Error('unreachable');
  const decide = createDecideForAnyVariables({ schema, requirements }, document);
  const { cost } = measureOperation({ schema, pricing, document, operation });
  return {
    name,
    // Without variables, each page has its maximum size.
    cost: amountFor(cost, undefined),
    deprecated: deprecatedUses(schema, document),
    cells: columns.map(({ viewer }) => decide(viewer)),
  };
}
