import { getOperationAST } from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import {
  createIntrospect,
  type IntrospectionAnswer,
  type IntrospectOptions,
} from './introspection.ts';

/**
 * Answers the introspection of one request with the elements that its viewer can reach. Returns undefined when the
 * operation has no introspection. A host's plugin calls it before the operation runs.
 *
 * @throws {IntrospectionError} when the operation must not run.
 */
export type IntrospectOperation<TContext> = (
  request: OperationRequest<TContext>,
) => IntrospectionAnswer | undefined;

export interface IntrospectOperationOptions<TContext> extends IntrospectOptions {
  readonly viewerOf: (context: TContext) => Viewer;
}

/** Creates the function that hosts call. It leaves the error for an unknown operation to the executor. */
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
