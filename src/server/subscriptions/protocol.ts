import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { makeServer, type OperationResult } from 'graphql-ws';
import { RateLimitedError, ServiceUnavailableError } from '../../errors.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { Access, AccessWatch } from './access.ts';
import { ClientFacingError } from './client-facing-error.ts';
import { closeCodes } from './close-codes.ts';
import type { Connection } from './connection.ts';
import { initTimeoutMs, maxOperationsPerSocket } from './limits.ts';
import type { OperationQueue } from './operation-queue.ts';
import type { DescribeErrors, RunOperation } from './socket-operation.ts';

export interface ProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly watch: AccessWatch['watch'];
  readonly runOperation: RunOperation;
  readonly describeErrors: DescribeErrors;
  /** Whether the principal, such as `user:<id>`, has more sockets than it may, this one among them. */
  readonly hasTooManySockets: (principal: string) => boolean;
  readonly isStopping: () => boolean;
}

/** What is known of one socket. */
export interface SocketState {
  readonly connection: Connection;
  readonly queue: OperationQueue;
  /** The queries and mutations that have not been answered yet, by their ids. */
  readonly unanswered: Set<string>;
  /** Once it has said who it is. */
  access: Access | undefined;
}

type Init = Record<string, unknown> | undefined;

/**
 * The protocol graphql-transport-ws, by graphql-ws.
 *
 * A token that is not believed makes an anonymous socket, as it makes an anonymous request over HTTP: what
 * is public runs, and everything else is refused, operation by operation, with the reason.
 */
export function createProtocol(options: ProtocolOptions) {
  const { runOperation, schema } = options;
  // An operation runs within its limits of time in `onSubscribe`; graphql-ws asks for what came of it afterwards.
  const results = new WeakMap<ExecutionArgs, OperationResult>();
  const describe = (error: unknown, { requestId }: Connection) =>
    options.describeErrors([asGraphQLError(error)], { requestId, operationName: undefined });

  function resultOf(args: ExecutionArgs): OperationResult {
    const result = results.get(args);
    if (result === undefined) throw new Error('graphql-ws runs what has not been admitted.');
    return result;
  }

  return makeServer<Init, SocketState>({
    connectionInitWaitTimeout: initTimeoutMs,

    async onConnect({ connectionParams, extra: state }) {
      const { connection } = state;
      const access = options.watch(connection, authorizationOf(connectionParams));
      state.access = access;
      try {
        await access.viewer();
      } catch (error) {
        describe(error, connection);
        connection.close(closeCodes.tryAgainLater, 'SERVICE_UNAVAILABLE');
      }
      const principal = access.principal();
      if (principal !== undefined && options.hasTooManySockets(principal)) {
        connection.close(closeCodes.tooMany, 'TOO_MANY_SOCKETS');
      }
      access.recheck(); // from now on it knows when to look again
      return { requestId: connection.requestId };
    },

    async onSubscribe({ extra: { connection, access, unanswered, queue } }, id, payload) {
      if (access === undefined) return undefined; // graphql-ws has no operation before there is one
      try {
        refuseWhenTooMany(queue.size());
        if (options.isStopping()) throw new ServiceUnavailableError();
        unanswered.add(id);
        const outcome = await runOperation({ id, payload, connection, access });
        if (outcome.kind === 'refused') {
          unanswered.delete(id);
          return outcome.errors;
        }
        if (outcome.kind === 'subscribed') unanswered.delete(id);
        const args = { schema, ...outcome.running, rootValue: undefined, contextValue: undefined };
        results.set(args, outcome.kind === 'answered' ? outcome.result : outcome.results);
        return args;
      } catch (error) {
        unanswered.delete(id);
        return describe(error, connection);
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
    onClose: ({ extra: { access, unanswered } }) => {
      unanswered.clear();
      access?.end();
    },
  });
}

/** The values of the Authorization header that `connectionParams` stand for; all but texts are malformed. */
function authorizationOf(params: Init = {}): readonly string[] {
  return Object.entries(params)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => (typeof value === 'string' ? value : ''));
}

/** @throws {RateLimitedError} */
function refuseWhenTooMany(operationCount: number): void {
  if (operationCount > maxOperationsPerSocket) throw new RateLimitedError(1);
}
