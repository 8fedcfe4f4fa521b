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

/** Creates the context of one request. */
export type CreateContext = (facts: Pick<Context, 'viewer' | 'client' | 'requestId'>) => Context;

export interface RequestContextOptions {
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly toClientError: ToClientError;
  /** Runs one request within its time budget for the database. */
  readonly withinBudget: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Creates the function that creates contexts. It reads the viewer from the database, by the request's token.
 *
 * If the viewer cannot be read, the request fails, with 503 while the database is unavailable. The viewer never
 * becomes anonymous, and the client does not see the cause.
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
      // An unavailable database is not an error of this server, as elsewhere in the log.
      const level = clientError instanceof ServiceUnavailableError ? 'warn' : 'error';
      request.log[level]({ err: error }, 'looking up the viewer failed');
      throw clientError === undefined ? error : toGraphQLError(clientError);
    }
  };
}

/**
 * Returns every value of the header: Node.js's own `headers` would silently keep the first of two, and its
 * `headersDistinct` copies all other headers too.
 */
function authorizationOf({ rawHeaders }: FastifyRequest['raw']): readonly string[] {
  const { length } = 'authorization';
  return rawHeaders.filter((_value, index) => {
    const name = index % 2 === 1 ? (rawHeaders[index - 1] ?? '') : '';
    return name.length === length && name.toLowerCase() === 'authorization';
  });
}

/** Returns the client address and user agent of a request. */
export function clientOf({ ip, socket, headers }: FastifyRequest): RequestSource {
  // A trusted proxy can send any text as an address.
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;
  return {
    ip: address,
    // Only writes need the user agent.
    get userAgent() {
      return toUserAgent(headers['user-agent']);
    },
  };
}
