import { createAdmit } from '@gatehouse/authorization';
import { execute, GraphQLError, getOperationAST } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { toFailedAnswer } from '../failed-operation.ts';
import { asGraphQLError } from '../graphql-error.ts';
import { contextOf, type RunningOperation } from './connection.ts';
import {
  type OperationsOptions,
  type Outcome,
  placeOf,
  type RunOperation,
  type SocketOperation,
  type Steps,
} from './socket-operation.ts';
import { recordOperation } from './socket-record.ts';
import { subscribe } from './subscribe.ts';

/**
 * Runs operations of every kind as over HTTP: reads the document, checks the limits, and lets the guards decide about
 * the whole operation for the viewer as it is now, before it runs or a source of events is opened.
 *
 * @throws what looking up the viewer throws.
 */
export function createRunOperation(options: OperationsOptions): RunOperation {
  return async (operation) => {
    const giveUp = new AbortController();
    try {
      return await options.inDatabaseTime(() => begin(options, operation, giveUp.signal));
    } catch (error) {
      giveUp.abort(error);
      throw error;
    }
  };
}

async function begin(
  options: OperationsOptions,
  operation: SocketOperation,
  givenUp: AbortSignal,
): Promise<Outcome> {
  const { connection, access } = operation;
  const contextValue = contextOf(connection, options, await access.viewer());
  const record = recordOperation(options, operation, contextValue);
  givenUp.addEventListener('abort', () => record.ended(givenUp.reason));
  const refuse: Steps['refuse'] = (errors) => {
    const told = options.tellErrors(errors, placeOf(operation));
    record.answered(told.map((error) => error.told));
    return { kind: 'refused', errors: told };
  };
  try {
    const outcome = await run({ options, operation, record, givenUp, refuse }, contextValue);
    givenUp.throwIfAborted();
    return outcome;
  } catch (error) {
    givenUp.throwIfAborted();
    return refuse([asGraphQLError(error)]);
  }
}

async function run(steps: Steps, contextValue: Context): Promise<Outcome> {
  const { options, operation: asked, record, refuse } = steps;
  const { query, operationName, variables: variableValues, extensions } = asked.payload;
  if (extensions?.persistedQuery !== undefined) return refuse([persistedQuery()]);
  const read = options.readDocument(query, () => options.visibleTo(contextValue.viewer));
  if ('errors' in read) return refuse(read.errors);
  const { document } = read;
  record.read(document);
  const operation = getOperationAST(document, operationName);
  if (!operation) return refuse([unknownOperation()]);
  const request = { document, operationName, variableValues, contextValue };
  await options.checkOperation(request);
  const admission = await createAdmit(options.authorization)(request);
  const running: RunningOperation = { document, operationName, variableValues };
  if (admission.kind === 'admitted' && operation.operation === 'subscription') {
    return subscribe(steps, running, contextValue);
  }
  const { schema } = options.authorization;
  const limits = { maxCoercionErrors: options.limits.maxToldErrors };
  const { result } =
    admission.kind === 'answered'
      ? admission
      : admission.finish(await execute({ schema, ...request, options: limits }));
  const { data, errors } = result;
  if (errors === undefined) {
    record.answered([]);
    return { kind: 'answered', running, result: { data: data ?? null } };
  }
  const told = options.tellErrors(errors, placeOf(asked));
  const formatted = told.map((error) => error.told);
  const failed = toFailedAnswer({ errors: formatted, data, document, operation }, options);
  record.answered(formatted);
  return data === undefined || failed?.omitsData === true
    ? { kind: 'refused', errors: told }
    : { kind: 'answered', running, result: { data, errors: told } };
}

/** A server that ignores the hash would seem to have kept the document. */
const persistedQuery = (): GraphQLError =>
  new GraphQLError('Persisted queries are not supported.', {
    extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
  });

const unknownOperation = (): GraphQLError =>
  new GraphQLError('The document has no operation with the requested name.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
