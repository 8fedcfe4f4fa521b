import type { Authorization } from '@graphql-gatehouse/authorization';
import type { ExecutionArgs, ExecutionResult } from 'graphql';

/** Executes an operation as one of a document that was executed before. An unknown operation has no effects. */
export async function executeKnown<TContext>(
  { schema, execute }: Pick<Authorization<TContext>, 'schema' | 'execute'>,
  request: Omit<ExecutionArgs, 'schema'>,
): Promise<ExecutionResult> {
  await execute({ schema, ...request, operationName: 'unknown' });
  return await execute({ schema, ...request });
}
