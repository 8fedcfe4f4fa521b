import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../authentication/authenticate.ts';
import type { Context } from '../../context/context.ts';
import type { RequestFacts } from '../../context/create-context.ts';
import { logLevelOf } from '../../errors.ts';
import type { OperationContext } from '../../operation/asked.ts';
import type { ToClientError } from '../../operation/errors/format-error.ts';
import { toGraphQLError } from '../../operation/errors/graphql-error.ts';
import type { RequestSource } from '../../values/request-source.ts';
import type { Deadline } from '../../values/within-deadline.ts';
import { CrossSiteError } from './cross-site-error.ts';
import { type BrowserRequest, type RequestCookies, toBrowserRequest } from './request-cookies.ts';
import { hasEndedOf, signalOfResponse } from './request-signal.ts';
import { toUserAgent } from './user-agent.ts';

export type CreateContext = (facts: RequestFacts) => Context;

export interface RequestContextOptions {
  readonly cookies: RequestCookies;
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly toClientError: ToClientError;
}

/**
 * Creates the function that creates contexts. It reads the viewer from the database, by the request's token.
 *
 * If the viewer cannot be read, the request fails, with 503 while the database is unavailable. The viewer never
 * becomes anonymous, and the client does not see the cause.
 */
export function createRequestContext(options: RequestContextOptions) {
  const { authenticate, createContext, toClientError, cookies } = options;

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    deadline: Deadline,
  ): Promise<OperationContext> => {
    try {
      const readBrowser = () => browserRequestOf(request);
      const authorization = authorizationOf(request.raw);
      const sent = { authorization, hasCookies: request.headers.cookie !== undefined };
      const viewer = await authenticate(cookies.credentialsOf(sent, readBrowser));
      const browserSession = cookies.browserSessionOf(readBrowser);
      const facts = {
        viewer,
        client: clientOf(request),
        requestId: request.id,
        browserSession,
        openSignal: signalOfResponse(reply.raw, deadline),
        hasEnded: hasEndedOf(reply.raw, deadline),
      };
      return Object.assign(createContext(facts), { isGivenUp: deadline.isOver });
    } catch (error) {
      const clientError = toClientError(error);
      if (clientError instanceof CrossSiteError) {
        const { origin, 'sec-fetch-site': fetchSite } = request.headers;
        request.log.info({ origin, fetchSite, host: request.host }, clientError.message);
      } else {
        // An unavailable database is not an error of this server, as elsewhere in the log.
        const level = logLevelOf(clientError) ?? 'info';
        request.log[level]({ err: error }, 'looking up the viewer failed');
      }
      throw clientError === undefined ? error : toGraphQLError(clientError);
    }
  };
}

/**
 * Returns every value of the header: Node.js's own `headers` would silently keep the first of two, and its
 * `headersDistinct` copies all other headers too.
 */
export function authorizationOf({ rawHeaders }: FastifyRequest['raw']): readonly string[] {
  const { length } = 'authorization';
  return rawHeaders.filter((_value, index) => {
    const name = index % 2 === 1 ? (rawHeaders[index - 1] ?? '') : '';
    return name.length === length && name.toLowerCase() === 'authorization';
  });
}

/** The part of a request that session cookies depend on. */
export const browserRequestOf = ({
  headers,
  host,
  protocol,
}: Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>): BrowserRequest =>
  toBrowserRequest((name) => headers[name]?.toString(), { host, protocol: `${protocol}:` });

/** The client address and user agent of a request. Only writes need the user agent, which is read late. */
class RequestClient implements RequestSource {
  readonly ip: string | undefined;
  readonly #headers: IncomingHttpHeaders;

  constructor({ ip, socket, headers }: FastifyRequest) {
    // A trusted proxy can send any text as an address.
    this.ip = isIP(ip) === 0 ? socket.remoteAddress : ip;
    this.#headers = headers;
  }

  get userAgent() {
    return toUserAgent(this.#headers['user-agent']);
  }
}

export const clientOf = (request: FastifyRequest): RequestSource => new RequestClient(request);
