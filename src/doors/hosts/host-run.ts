import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql';
import type { Answer } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import type { Results } from '../../operation/open-events.ts';
import { requireHostContext } from './host-context.ts';
import { type HostOperation, toAsked } from './host-operation.ts';
import type { OpenStream } from './open-stream.ts';

/**
 * Runs one valid operation of any kind: it checks the limits and authorizes the whole operation first. The results of a
 * subscription end with an error when the right to it ends.
 *
 * Pass it to servers that take `execute` and `subscribe` of graphql-js, such as graphql-ws, in place of both.
 *
 * @throws {TypeError} by rejecting, when `contextValue` was not made by `contextOf`.
 */
export type HostRun = (args: ExecutionArgs) => Promise<Results | ExecutionResult>;

/** Opens a subscription, or refuses it. */
export type Subscribe = (operation: HostOperation) => Promise<Results | Answer>;

export const createSubscribe =
  ({
    admit,
    openStream,
  }: Pick<Operations, 'admit'> & { readonly openStream: OpenStream }): Subscribe =>
  async (operation) => {
    const admitted = await admit(toAsked(operation));
    return admitted.kind === 'admitted' ? openStream(admitted) : admitted;
  };

export interface HostRunOptions extends Pick<Operations, 'run'> {
  readonly subscribe: Subscribe;
}

export function createHostRun({ run, subscribe }: HostRunOptions): HostRun {
  return async ({ contextValue, document, operationName, variableValues }) => {
    const hostContext = requireHostContext(contextValue);
    const operation = { document, operationName, variableValues, contextValue: hostContext };
    const kind = getOperationAST(document, operationName)?.operation;
    const answer =
      kind === 'subscription' ? await subscribe(operation) : await run(toAsked(operation));
    return 'kind' in answer ? answer.result : answer;
  };
}
