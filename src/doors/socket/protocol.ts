import { type ExecutionArgs, type GraphQLSchema, parse } from 'graphql';
import { makeServer, type OperationResult } from 'graphql-ws';
import type { PresentedCredentials } from '../../authentication/authenticate.ts';
import { RateLimitedError, ServiceUnavailableError } from '../../errors.ts';
import { ClientFacingError } from '../../operation/errors/client-facing-error.ts';
import type { ErrorReports } from '../../operation/errors/describe-errors.ts';
import { asGraphQLError } from '../../operation/errors/graphql-error.ts';
import type { Access } from '../access/access.ts';
import { closeCodes } from './close-codes.ts';
import type { OperationQueue } from './operation-queue.ts';
import type { Connection } from './socket-connection.ts';
import { initTimeoutMs, maxOperationsPerSocket } from './socket-limits.ts';
import type { Outcome, RunOperation, SocketOperation } from './socket-operation.ts';
import type { StartOrder } from './start-order.ts';

export interface ProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly watch: (connection: Connection, credentials: PresentedCredentials) => Access;
  readonly runOperation: RunOperation;
  readonly describe: ErrorReports['describe'];
  /** Whether the principal, such as `user:<id>`, has more sockets than allowed, this one included. */
  readonly hasTooManySockets: (principal: string) => boolean;
  readonly isStopping: () => boolean;
}

export interface SocketState {
  readonly connection: Connection;
  readonly queue: OperationQueue;
  readonly startOrder: StartOrder;
  /** The unanswered queries and mutations by id. */
  readonly unanswered: Set<string>;
  /** Absent until the client has sent its token. */
  access: Access | undefined;
}

type Init = Record<string, unknown> | undefined;

/**
 * Creates the protocol graphql-transport-ws with graphql-ws.
 *
 * A token that is not accepted makes the socket anonymous, like a request over HTTP: public fields run, and all
 * others are refused with the reason.
 */
export function createProtocol(options: ProtocolOptions) {
  const { schema } = options;
  const describe = (error: unknown, { requestId }: Connection) =>
    options.describe([asGraphQLError(error)], { requestId, operationName: undefined });

  return makeServer<Init, SocketState>({
    connectionInitWaitTimeout: initTimeoutMs,

    async onConnect({ connectionParams, extra: state }) {
      const { connection } = state;
      const access = options.watch(connection, credentialsOf(connectionParams, connection));
      state.access = access;
      await access.viewer().catch((error) => {
        describe(error, connection);
        connection.close(closeCodes.tryAgainLater, 'SERVICE_UNAVAILABLE');
      });
      closeWhenTooMany(options, connection, access.principal());
      access.recheck(); // checks are scheduled from now on
      return { requestId: connection.requestId };
    },

    async onSubscribe({ extra: state }, id, payload) {
      const start = state.startOrder.add();
      try {
        const outcome = await startOperation(options, { state, id, payload, start });
        if (outcome === undefined || outcome.kind === 'refused') return outcome?.errors;
        const running = outcome.kind === 'answered' ? answered : outcome.running;
        return { schema, ...running, rootValue: new Ran(outcome), contextValue: undefined };
      } catch (error) {
        return describe(error, state.connection);
      } finally {
        start.end();
      }
    },

    execute: resultOf,
    subscribe: resultOf,
    onError({ extra: { connection, queue } }, id, _payload, errors) {
      queue.ended(id);
      return errors
        .flatMap((error) =>
          error instanceof ClientFacingError ? error : describe(error, connection),
        )
        .map(({ formatted }) => formatted);
    },
    onComplete: ({ extra: { unanswered, queue } }, id) => {
      queue.ended(id);
      unanswered.delete(id);
    },
    onClose: ({ extra: { access, unanswered, queue } }) => {
      unanswered.clear();
      queue.leave();
      access?.end();
    },
  });
}

interface Started extends Pick<SocketOperation, 'id' | 'payload' | 'start'> {
  readonly state: SocketState;
}

/** Runs an operation, unless too many run. It stays unanswered until `onComplete` if it has an answer to send. */
async function startOperation(
  { isStopping, runOperation }: ProtocolOptions,
  { state, ...operation }: Started,
): Promise<Outcome | undefined> {
  const { connection, access, unanswered, queue } = state;
  if (access === undefined) return undefined; // graphql-ws has no operation before `connection_init`
  const { id } = operation;
  let isAnswered = false;
  try {
    refuseWhenTooMany(queue.size());
    if (isStopping()) throw new ServiceUnavailableError();
    unanswered.add(id);
    const left = queue.leftOf(id);
    const outcome = await runOperation({ ...operation, connection, access, left });
    isAnswered = outcome.kind === 'answered';
    return outcome;
  } finally {
    if (!isAnswered) unanswered.delete(id);
  }
}

/** The result of an operation, as its root value: it ran within its time in `onSubscribe`, before graphql-ws asks. */
class Ran {
  readonly result: OperationResult;

  constructor(outcome: Exclude<Outcome, { kind: 'refused' }>) {
    this.result = outcome.kind === 'answered' ? outcome.result : outcome.results;
  }
}

function resultOf({ rootValue }: ExecutionArgs): OperationResult {
  if (rootValue instanceof Ran) return rootValue.result;
  throw new Error('graphql-ws runs what has not been authorized.');
}

/** graphql-ws looks only for the kind of an operation that was answered. */
const answered = { document: parse('{ __typename }'), operationName: undefined };

/** A token is used alone, as over HTTP. */
function credentialsOf(params: Init, { sessionCookie }: Connection): PresentedCredentials {
  const authorization = authorizationOf(params);
  return authorization.length > 0 ? { authorization } : { authorization, sessionCookie };
}

/** Returns the values of the Authorization header in `connectionParams`. Values other than strings are malformed. */
function authorizationOf(params: Init = {}): readonly string[] {
  return Object.entries(params)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => (typeof value === 'string' ? value : ''));
}

function closeWhenTooMany(
  { hasTooManySockets }: ProtocolOptions,
  connection: Connection,
  principal: string | undefined,
): void {
  if (principal === undefined || !hasTooManySockets(principal)) return;
  connection.close(closeCodes.tooMany, 'TOO_MANY_SOCKETS');
}

/** @throws {RateLimitedError} */
function refuseWhenTooMany(operationCount: number): void {
  if (operationCount > maxOperationsPerSocket) throw new RateLimitedError(1);
}
