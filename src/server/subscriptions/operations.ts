import type { ApolloServer } from '@apollo/server';
import { type Authorization, maxListedDenials } from '@gatehouse/authorization';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { createSourceEventStream, execute } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Context } from '../../composition/context.ts';
import type { ErrorPlace } from '../error-log-plugin.ts';
import type { CheckDocument } from '../limits/document-check.ts';
import type { RequestContextOptions } from '../request-context.ts';
import type { Access } from './access.ts';
import { closeOf } from './close-codes.ts';
import { type Connection, contextOf } from './connection.ts';
import { answerEvents } from './event-stream.ts';
import type { AdmittedOperation, OperationContext } from './plugin.ts';
import { recordSubscription, type SubscriptionRecordOptions } from './subscription-record.ts';
import { ToldError, toToldResult } from './told-error.ts';

/** What a client is told of errors. The log is told the rest. */
export type TellErrors = (
  errors: readonly GraphQLError[],
  place: ErrorPlace,
) => readonly ToldError[];

export interface OperationsOptions
  extends Pick<RequestContextOptions, 'createContext' | 'inDatabaseTime'>,
    SubscriptionRecordOptions {
  readonly apollo: Pick<ApolloServer<OperationContext>, 'executeOperation'>;
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'authorizeOperation'>;
  readonly tellErrors: TellErrors;
  readonly checkDocument: CheckDocument;
}

/** One operation of a socket. */
export interface SocketOperation {
  /** Its own: no other operation of the socket has had it. */
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly connection: Connection;
  readonly access: Access;
}

type Answers = AsyncIterableIterator<ExecutionResult, undefined, undefined>;

/** What came of an operation: refused as a request, answered once, or answered event by event. */
export type Outcome =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  | { readonly kind: 'answered'; readonly result: ExecutionResult }
  | { readonly kind: 'subscribed'; readonly results: Answers };

export type RunOperation = (operation: SocketOperation) => Promise<Outcome>;

/**
 * Runs what clients ask over a socket, of every kind, as over HTTP: Apollo Server parses, validates and
 * limits it, and the guards decide about it as a whole for the viewer as it is now, before any source of
 * events is opened. Of a subscription each event is decided about again, and so is all of it once it runs.
 *
 * @throws what looking up the viewer throws.
 */
export function createRunOperation(options: OperationsOptions): RunOperation {
  return async (operation) => {
    const giveUp = new AbortController();
    try {
      return await options.inDatabaseTime(() => run(options, operation, giveUp.signal));
    } catch (error) {
      giveUp.abort(error);
      throw error;
    }
  };
}

/** `givenUp` is aborted, with the reason, when nobody waits for it any more. */
async function run(
  options: OperationsOptions,
  operation: SocketOperation,
  givenUp: AbortSignal,
): Promise<Outcome> {
  const { connection, access, payload } = operation;
  const problem = options.checkDocument(payload.query);
  if (problem !== undefined) return { kind: 'refused', errors: [new ToldError(problem)] };
  const viewer = await access.viewer();
  let admitted: AdmittedOperation | undefined;
  const contextValue: OperationContext = Object.assign(contextOf(connection, options, viewer), {
    takeSubscription: (subscription: AdmittedOperation) => {
      admitted = subscription;
    },
    isGivenUp: () => givenUp.aborted,
  });
  const { query, operationName, variables, extensions } = payload;
  const request = {
    query,
    ...(isPresent(operationName) ? { operationName } : {}),
    ...(isPresent(variables) ? { variables } : {}),
    ...(isPresent(extensions) ? { extensions } : {}),
  };
  const { body } = await options.apollo.executeOperation(request, { contextValue });
  givenUp.throwIfAborted();
  if (admitted !== undefined) {
    return subscribe(options, operation, { admitted, contextValue, givenUp });
  }
  if (body.kind !== 'single') throw new Error('Incremental delivery is not supported.');
  const { singleResult } = body;
  return singleResult.data === undefined
    ? { kind: 'refused', errors: (singleResult.errors ?? []).map((each) => new ToldError(each)) }
    : { kind: 'answered', result: toToldResult(singleResult) };
}

const isPresent = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

/** The guards have let it in. */
export interface AdmittedSubscription {
  readonly admitted: AdmittedOperation;
  readonly contextValue: Context;
  readonly givenUp: AbortSignal;
}

async function subscribe(
  options: OperationsOptions,
  operation: SocketOperation,
  { admitted, contextValue, givenUp }: AdmittedSubscription,
): Promise<Outcome> {
  const { id, connection, access } = operation;
  const { schema } = options.authorization;
  const record = recordSubscription(options, operation, { admitted, contextValue });
  givenUp.addEventListener('abort', () => record.end(givenUp.reason));
  const source = await createSourceEventStream({ schema, ...admitted, contextValue });
  if (!(Symbol.asyncIterator in source)) {
    const errors = options.tellErrors(source.errors ?? [], placeOf(operation));
    record.refuse(errors.map(({ told }) => told));
    return { kind: 'refused', errors };
  }
  if (givenUp.aborted) await source[Symbol.asyncIterator]().return?.(); // nobody else would end it
  givenUp.throwIfAborted();
  connection.running.set(id, admitted);
  // What has changed since the decision was made, nobody has told this subscription of.
  access.recheck();
  const results = answerEvents({
    source,
    answer: (event) =>
      options.inDatabaseTime(() =>
        answerEvent(options, operation, { admitted, event, onDenied: record.refuse }),
      ),
    onEnd: (error) => {
      record.end(error);
      if (connection.running.get(id) === admitted) connection.running.delete(id);
    },
  });
  return { kind: 'subscribed', results };
}

interface SubscriptionEvent {
  readonly admitted: AdmittedOperation;
  readonly event: unknown;
  readonly onDenied: (denials: readonly GraphQLFormattedError[]) => void;
}

/** The answer to one event; undefined when the viewer may not have it, which ends the socket. */
async function answerEvent(
  options: OperationsOptions,
  operation: SocketOperation,
  { admitted, event, onDenied }: SubscriptionEvent,
): Promise<ExecutionResult | undefined> {
  const { connection, access } = operation;
  const { schema, authorizeOperation } = options.authorization;
  const viewer = await access.viewer();
  const contextValue = contextOf(connection, options, viewer);
  const denials = await authorizeOperation({ ...admitted, contextValue });
  if (denials.length > 0) {
    onDenied(denials.map((denial) => denial.toJSON()));
    const { code, reason } = closeOf(denials);
    connection.close(code, reason);
    return undefined;
  }
  const result = await execute({ schema, ...admitted, rootValue: event, contextValue });
  const { data = null, errors = [] } = result;
  if (errors.length === 0) return { data };
  return {
    data,
    errors: options.tellErrors(errors, placeOf(operation)).slice(0, maxListedDenials),
  };
}

const placeOf = ({ connection: { requestId }, payload: { operationName } }: SocketOperation) => ({
  requestId,
  operationName,
});
