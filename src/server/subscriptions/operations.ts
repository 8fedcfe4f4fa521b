import { createAdmit, prefersDecision } from '@gatehouse/authorization';
import { type ExecutionResult, execute, getOperationAST } from 'graphql';
import { RequestError } from '../../admission/request-error.ts';
import { findRequestErrors } from '../../admission/request-errors.ts';
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
 * Creates the function that runs operations of every kind as over HTTP: it parses the document, checks the limits,
 * and authorizes the whole operation for the current viewer before it runs or a source of events is opened.
 *
 * @throws the error of reading the viewer.
 */
export function createRunOperation(options: OperationsOptions): RunOperation {
  return async (operation) => {
    const giveUp = new AbortController();
    try {
      return await options.withinBudget(() => begin(options, operation, giveUp.signal));
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
  const ended = new AbortController();
  const facts = { viewer: await access.viewer(), signal: ended.signal };
  const contextValue = contextOf(connection, options, facts);
  const record = recordOperation(options, operation, contextValue);
  givenUp.addEventListener('abort', () => {
    record.ended(givenUp.reason);
    ended.abort(givenUp.reason);
  });
  const refuse: Steps['refuse'] = (errors) => {
    const described = options.describeErrors(errors, placeOf(operation));
    record.answered(described.map((error) => error.formatted));
    return { kind: 'refused', errors: described };
  };
  try {
    const outcome = await run({ options, operation, record, givenUp, ended, refuse }, contextValue);
    givenUp.throwIfAborted();
    if (outcome.kind !== 'subscribed') ended.abort();
    return outcome;
  } catch (error) {
    ended.abort();
    givenUp.throwIfAborted();
    return refuse([asGraphQLError(error)]);
  }
}

async function run(steps: Steps, contextValue: Context): Promise<Outcome> {
  const { options, operation: asked, record, givenUp, refuse } = steps;
  const { schema } = options.authorization;
  const { query, operationName, variables: variableValues, extensions } = asked.payload;
  if (extensions?.persistedQuery !== undefined) return refuse([persistedQuery()]);
  const { prefer } = extensions ?? {};
  if (prefer !== undefined && typeof prefer !== 'string') return refuse([noPreference()]);
  const visible = () => options.visibleTo(contextValue.viewer);
  const read = options.readDocument(query, visible);
  if ('errors' in read) return refuse(read.errors);
  const { document } = read;
  record.read(document);
  const isSubscription = getOperationAST(document, operationName)?.operation === 'subscription';
  if (!isSubscription) await asked.start.afterSubscriptions();
  givenUp.throwIfAborted();
  const running: RunningOperation = { document, operationName, variableValues };
  const request = { ...running, contextValue };
  await options.checkOperation(request);
  const isDecideOnly = prefersDecision(prefer);
  const admission = await createAdmit(options.authorization)({ ...request, isDecideOnly });
  if (admission.kind === 'decided') {
    record.decided();
    return { kind: 'answered', running, result: admission.result };
  }
  if (admission.kind !== 'admitted') return answer(steps, running, admission.result);
  const { maxErrors } = options.limits;
  const errors = findRequestErrors(running, { schema, visible, maxErrors });
  if (errors.length > 0) return refuse(errors);
  if (isSubscription)
    return subscribe({ ...steps, finish: admission.finish }, running, contextValue);
  const { result } = admission.finish(await execute({ schema, ...request }));
  return answer(steps, running, result);
}

/** Returns the answer of a query or mutation. One that failed as a whole is refused, as over HTTP. */
function answer(
  { options, operation: asked, record }: Steps,
  running: RunningOperation,
  { data, errors }: ExecutionResult,
): Outcome {
  if (errors === undefined) {
    record.answered([]);
    return { kind: 'answered', running, result: { data: data ?? null } };
  }
  const described = options.describeErrors(errors, placeOf(asked));
  const formatted = described.map((error) => error.formatted);
  record.answered(formatted);
  const { document, operationName } = running;
  const operation = getOperationAST(document, operationName);
  const failed = toFailedAnswer({ errors: formatted, data, document, operation }, options);
  return data === undefined || failed?.omitsData === true
    ? { kind: 'refused', errors: described }
    : { kind: 'answered', running, result: { data, errors: described } };
}

/** Clients of persisted queries look for exactly this message, also over HTTP. */
const persistedQuery = (): RequestError =>
  new RequestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');

const noPreference = (): RequestError =>
  new RequestError(
    'BAD_REQUEST',
    'The extension "prefer" must be a string in the form of the header Prefer (RFC 7240).',
  );
