import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { Context } from '../composition/context.ts';
import type { RequestSource } from '../composition/request-source.ts';
import { ServiceUnavailableError } from '../errors.ts';
import type { ToClientError } from './format-error.ts';
import { toGraphQLError } from './graphql-error.ts';
import { toUserAgent } from './user-agent.ts';

/** The context of an operation over HTTP. */
export interface OperationContext extends Context {
  /** Whether the client already got a timeout. The result is discarded then. */
  readonly isGivenUp?: () => boolean;
}

/** Makes the context of one request. */
export type CreateContext = (facts: Pick<Context, 'viewer' | 'client' | 'requestId'>) => Context;

export interface RequestContextOptions {
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly toClientError: ToClientError;
  /** Runs one request, which may wait for the database only so long in all. */
  readonly withinBudget: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Makes the context builder: it tells who is asking, from the request's token and the database.
 *
 * A viewer that cannot be looked up makes the request fail, with 503 while the database is down. It
 * never becomes an anonymous one, and nothing of the cause is told.
 */
export function createRequestContext(options: Omit<RequestContextOptions, 'withinBudget'>) {
  const { authenticate, createContext, toClientError } = options;

  return async (request: FastifyRequest, reply: FastifyReply): Promise<OperationContext> => {
    try {
      const viewer = await authenticate(authorizationOf(request.raw));
      const facts = { viewer, client: clientOf(request), requestId: request.id };
      return Object.assign(createContext(facts), { isGivenUp: () => reply.sent });
    } catch (error) {
      const clientError = toClientError(error);
      // That the database is away is no fault of this server, as elsewhere in the log.
      const level = clientError instanceof ServiceUnavailableError ? 'warn' : 'error';
      request.log[level]({ err: error }, 'looking up the viewer failed');
      throw clientError === undefined ? error : toGraphQLError(clientError);
    }
  };
}

/**
 * Every value of the header that was sent: Node.js's own `headers` would silently keep the first of two, and its
 * `headersDistinct` copies all others too.
 */
function authorizationOf({ rawHeaders }: FastifyRequest['raw']): readonly string[] {
  const { length } = 'authorization';
  return rawHeaders.filter((_value, index) => {
    const name = index % 2 === 1 ? (rawHeaders[index - 1] ?? '') : '';
    return name.length === length && name.toLowerCase() === 'authorization';
  });
}

/** Where a request comes from. */
export function clientOf({ ip, socket, headers }: FastifyRequest): RequestSource {
  // A proxy that is trusted could pass on anything as an address.
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;
  return {
    ip: address,
    // Only what is written needs it.
    get userAgent() {
      return toUserAgent(headers['user-agent']);
    },
  };
}
