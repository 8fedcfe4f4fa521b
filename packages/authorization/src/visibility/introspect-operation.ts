import { getOperationAST } from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import {
  createIntrospect,
  type IntrospectionAnswer,
  type IntrospectOptions,
} from './introspection.ts';

/**
 * Answers the introspection of one request from what its viewer can reach, or undefined where there is
 * none to answer. Asked before the operation runs, by the plugin of a host.
 *
 * @throws {IntrospectionError} when the operation must not run.
 */
export type IntrospectOperation<TContext> = (
  request: OperationRequest<TContext>,
) => IntrospectionAnswer | undefined;

export interface IntrospectOperationOptions<TContext> extends IntrospectOptions {
  readonly viewerOf: (context: TContext) => Viewer;
}

/** Makes the function that a host asks. An operation that is not found is left to the executor. */
export function createIntrospectOperation<TContext>({
  viewerOf,
  ...options
}: IntrospectOperationOptions<TContext>): IntrospectOperation<TContext> {
  const introspect = createIntrospect(options);

  return ({ document, operationName, variableValues, contextValue }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    return introspect({ document, operation, variableValues, viewer: viewerOf(contextValue) });
  };
}
