import { getOperationAST } from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import type { MaybePromise } from '../enforcement/calls/field-call.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import {
  createIntrospect,
  createIsIntrospecting,
  type IntrospectionAnswer,
  type IntrospectOptions,
} from './introspection.ts';

/**
 * Answers the introspection of one request with the elements that its viewer can reach. Returns undefined when the
 * operation has no introspection. A host's plugin calls it before the operation runs. Returns a promise only when the places
 * of the viewer have to be read.
 *
 * @throws {IntrospectionError} when the operation must not run: then the promise rejects with it.
 */
export type IntrospectOperation<TContext> = (
  request: OperationRequest<TContext>,
) => MaybePromise<IntrospectionAnswer | undefined>;

export interface IntrospectOperationOptions<TContext> extends IntrospectOptions {
  readonly viewerOf: (context: TContext) => Viewer;
  readonly readPlaces: (context: TContext) => Promise<void> | undefined;
}

/** Creates the function that hosts call. It leaves the error for an unknown operation to the executor. */
export function createIntrospectOperation<TContext>({
  viewerOf,
  readPlaces,
  ...options
}: IntrospectOperationOptions<TContext>): IntrospectOperation<TContext> {
  const isIntrospecting = createIsIntrospecting();
  const introspect = createIntrospect(options, isIntrospecting);

  return ({ document, operationName, variableValues, contextValue }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    const answer = () =>
      introspect({ document, operation, variableValues, viewer: viewerOf(contextValue) });
    const reading = isIntrospecting(document) ? readPlaces(contextValue) : undefined;
    return reading === undefined ? answer() : reading.then(answer);
  };
}
