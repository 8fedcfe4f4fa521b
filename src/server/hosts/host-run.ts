import { type Authorization, createAdmit, prefersDecision } from '@gatehouse/authorization';
import { type ExecutionArgs, type ExecutionResult, execute, getOperationAST } from 'graphql';
import type { CheckOperation } from '../../admission/check-operation.ts';
import type { Context } from '../../composition/context.ts';
import { withCurrentViewer } from '../../composition/create-context.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { HostContext } from './host-context.ts';
import type { HostOperation, OpenStream, OpenStreamOptions, Results } from './open-stream.ts';

/**
 * Runs one valid operation of any kind: it checks the limits and authorizes the whole operation first. The results of a
 * subscription end with an error when the right to it ends.
 *
 * Pass it to servers that take `execute` and `subscribe` of graphql-js, such as graphql-ws, in place of both.
 *
 * @throws {TypeError} by rejecting, when `contextValue` was not made by `contextOf`.
 */
export type Run = (args: ExecutionArgs) => Promise<Results | ExecutionResult>;

export interface RunOptions extends OpenStreamOptions {
  readonly authorization: Authorization<Context>;
  readonly checkOperation: CheckOperation;
  readonly openStream: OpenStream;
}

export function createRun(options: RunOptions): Run {
  const { authorization, checkOperation, format, findErrors, openStream } = options;
  const admit = createAdmit(authorization);

  async function run(operation: HostOperation): Promise<Results | ExecutionResult> {
    await checkOperation(operation);
    const { contextValue, document, operationName } = operation;
    const isDecideOnly = prefersDecision(contextValue.prefer);
    const admission = await admit({ ...operation, isDecideOnly });
    if (admission.kind !== 'admitted') return admission.result;
    const kind = getOperationAST(document, operationName)?.operation;
    if (kind === 'subscription') {
      return openStream(operation, (result) => admission.finish(result).result);
    }
    const errors = findErrors(operation);
    if (errors.length > 0) return { errors };
    const result = await execute({ schema: authorization.schema, ...operation });
    format.log(result, { requestId: contextValue.requestId, operationName });
    return format.result(admission.finish(result).result);
  }

  return async ({ contextValue: given, document, operationName, variableValues }) => {
    if (!isHostContext(given)) throw new TypeError('The context was not made by `contextOf`.');
    // A server may have copied the context.
    const contextValue = withCurrentViewer(given);
    const { requestId } = contextValue;
    try {
      return await run({ document, operationName, variableValues, contextValue });
    } catch (error) {
      const result = { errors: [asGraphQLError(error)] };
      format.log(result, { requestId, operationName });
      return format.result(result);
    }
  };
}

const isHostContext = (value: unknown): value is HostContext =>
  typeof value === 'object' && value !== null && 'watchAccess' in value;
