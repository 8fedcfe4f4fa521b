import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { GraphQLError, parse } from 'graphql';
import { makeServer, type OperationResult } from 'graphql-ws';
import { RateLimitedError, ServiceUnavailableError } from '../../errors.ts';
import type { Access, AccessWatch } from './access.ts';
import { closeCodes } from './close-codes.ts';
import type { Connection } from './connection.ts';
import { initTimeoutMs, maxOperationsPerSocket } from './limits.ts';
import type { RunOperation, TellErrors } from './operations.ts';
import { ToldError } from './told-error.ts';

export interface ProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly watch: AccessWatch['watch'];
  readonly runOperation: RunOperation;
  readonly tellErrors: TellErrors;
  /** Whether the principal, such as `user:<id>`, has more sockets than it may, this one among them. */
  readonly hasTooManySockets: (principal: string) => boolean;
  readonly isStopping: () => boolean;
}

/** What is known of one socket. */
export interface SocketState {
  readonly connection: Connection;
  /** The operations that graphql-ws is busy with, by their own ids: see `withOwnIds`. */
  readonly unsettled: Set<string>;
  /** The queries and mutations among them that have not been answered yet. */
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
  const { runOperation } = options;
  // graphql-ws asks what an operation is, to know who runs it: all of them have been run by then.
  const run = { schema: options.schema, document: parse('{ __typename }') };
  const tell = (error: unknown, { requestId }: Connection) =>
    options.tellErrors([toGraphQLError(error)], { requestId, operationName: undefined });

  return makeServer<Init, SocketState>({
    connectionInitWaitTimeout: initTimeoutMs,

    async onConnect({ connectionParams, extra: state }) {
      const { connection } = state;
      const access = options.watch(connection, authorizationOf(connectionParams));
      state.access = access;
      try {
        await access.viewer();
      } catch (error) {
        tell(error, connection);
        connection.close(closeCodes.tryAgainLater, 'SERVICE_UNAVAILABLE');
      }
      const principal = access.principal();
      if (principal !== undefined && options.hasTooManySockets(principal)) {
        connection.close(closeCodes.tooMany, 'TOO_MANY_SOCKETS');
      }
      access.recheck(); // from now on it knows when to look again
      return { requestId: connection.requestId };
    },

    async onSubscribe({ extra: { connection, access, unanswered, unsettled } }, id, payload) {
      if (access === undefined) return undefined; // graphql-ws has no operation before there is one
      try {
        refuseWhenTooMany(unsettled.size);
        if (options.isStopping()) throw new ServiceUnavailableError();
        unanswered.add(id);
        const outcome = await runOperation({ id, payload, connection, access });
        if (outcome.kind === 'refused') {
          unanswered.delete(id);
          return outcome.errors;
        }
        if (outcome.kind === 'answered') return { ...run, rootValue: new Reply(outcome.result) };
        unanswered.delete(id);
        return { ...run, rootValue: new Reply(outcome.results) };
      } catch (error) {
        unanswered.delete(id);
        return tell(error, connection);
      }
    },

    execute: ({ rootValue }: ExecutionArgs) => {
      if (rootValue instanceof Reply) return rootValue.result;
      throw new Error('graphql-ws runs what has not been run.');
    },
    onError: ({ extra: { connection } }, _id, _payload, errors) =>
      errors
        .flatMap((error) => (error instanceof ToldError ? error : tell(error, connection)))
        .map(({ told }) => told),
    onComplete: ({ extra: { unanswered } }, id) => {
      unanswered.delete(id);
    },
    onClose: ({ extra: { access, unanswered } }) => {
      unanswered.clear();
      access?.end();
    },
  });
}

/** What has been run, on its way through graphql-ws. */
class Reply {
  readonly result: OperationResult;

  constructor(result: OperationResult) {
    this.result = result;
  }
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

const toGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('A WebSocket operation failed.', {
        originalError: error instanceof Error ? error : new Error(String(error)),
      });
