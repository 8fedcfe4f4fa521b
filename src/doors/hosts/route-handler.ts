import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Route } from '../../context/route.ts';
import { ClientError } from '../../errors.ts';
import { maskedAnswer, toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import { abortWith } from '../request/request-signal.ts';
import { admitToRoute, announcesBody, takesBody } from '../routes/admit-to-route.ts';
import type { FindRoutes } from '../routes/find-routes.ts';
import { type RouteRequest, type RunRoute, toHeaders } from '../routes/run-route.ts';
import { type RouteAnswer, toErrorAnswer } from '../routes/whole-answer.ts';
import { toErrorBody, toRequestErrorBody } from '../transport/http-errors.ts';
import { type Body, createReadBody, toDeclaredBytes } from '../transport/read-body.ts';
import { isHost } from '../transport/request-refusal.ts';
import type { ClientAddress } from './client-address.ts';
import { type HostFacts, hostFactsOf } from './host-facts.ts';

export interface HandleRouteOptions {
  readonly findRoutes: FindRoutes<Route>;
  readonly runRoute: RunRoute;
  readonly addressOf: ClientAddress;
  readonly randomId: () => string;
  /** Called with what keeps a body from being read, and is no mistake of the client. */
  readonly onBodyError: (error: unknown) => void;
}

/** A request of an existing server, whose body has not been read. */
export type HostRequest = Request | IncomingMessage;

/**
 * Answers a request for a route of a package. Undefined: it is for another path. Never rejects.
 *
 * @param ip the address of the client, where the request does not have it
 */
export type HandleRoute = (request: HostRequest, ip?: string) => Promise<RouteAnswer> | undefined;

export function createHandleRoute(options: HandleRouteOptions): HandleRoute {
  const readBody = createReadBody();

  async function readBodyOf(
    request: HostRequest,
    { maxBodyBytes = 0 }: Route,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const stream = streamOf(request);
    if (stream === undefined) return new Uint8Array();
    const declaredBytes = toDeclaredBytes(headersOf(request)['content-length']);
    return new Uint8Array(await readBody(stream, { maxBodyBytes, declaredBytes }));
  }

  async function answer(
    request: HostRequest,
    route: Route,
    ip: string | undefined,
  ): Promise<RouteAnswer> {
    let body: Uint8Array<ArrayBuffer> | undefined;
    try {
      body = takesBody(route) ? await readBodyOf(request, route) : undefined;
    } catch (error) {
      return toBodyFailure(error, options);
    }
    const facts = hostFactsOf(request);
    const ended = new AbortController();
    const routed: RouteRequest = {
      url: toAbsolute(targetOf(request), facts),
      headers: toHeaders(headersOf(request)),
      body,
      authorization: facts.authorization,
      readBrowser: () => facts.browser,
      client: {
        ip: options.addressOf({ ip: ip ?? facts.ip, forwarded: facts.forwarded }),
        userAgent: facts.userAgent,
      },
      clientName: facts.clientName,
      requestId: options.randomId(),
      openSignal(deadline) {
        const { signal } = abortWith(facts.signal, deadline.signal(), ended.signal);
        return () => signal;
      },
    };
    // Otherwise the signal of a connection would hold those of all its requests.
    return options.runRoute(route, routed).finally(() => ended.abort());
  }

  return (request, ip) => {
    const routes = options.findRoutes(targetOf(request));
    if (routes.length === 0) return undefined;
    const headers = headersOf(request);
    const { host } = hostFactsOf(request).browser;
    const admission = admitToRoute(routes, {
      method: request.method,
      // A client of Node.js may send any text.
      host: isHost(host) ? host : undefined,
      hasBody: isFetchRequest(request) ? request.body !== null : announcesBody(headers),
      headers,
    });
    if ('route' in admission) return answer(request, admission.route, ip);
    const { refusal } = admission;
    const body = JSON.stringify(toErrorBody('BAD_REQUEST', refusal.message));
    return Promise.resolve(toErrorAnswer({ ...refusal, body }));
  };
}

/** By its shape: hosts have classes of their own. A header of Node.js is a text. */
const isFetchRequest = (request: HostRequest): request is Request =>
  typeof request.headers.get === 'function';

/** The path and the query, as they were sent. */
function targetOf(request: HostRequest): string {
  const { url = '/' } = request;
  if (!isFetchRequest(request)) return url;
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

const toAbsolute = (target: string, { browser }: HostFacts): string =>
  `${browser.isEncrypted ? 'https' : 'http'}://${browser.host}${target}`;

type SentHeaders = IncomingMessage['headers'];

const headersOf = (request: HostRequest): SentHeaders =>
  isFetchRequest(request) ? Object.fromEntries(request.headers) : request.headers;

const readBefore =
  'the body of a request was read before `handler`: pass requests to it before the host reads bodies';

/** @throws {Error} for a body that the host has read. */
function streamOf(request: HostRequest): Body | undefined {
  if (!isFetchRequest(request)) {
    if (request.readableDidRead) throw new Error(readBefore);
    return request;
  }
  if (request.bodyUsed) throw new Error(readBefore);
  return request.body === null ? undefined : Readable.from(request.body, { objectMode: false });
}

/** Answers for a body that cannot be read: the client's mistake has a status, an overload an error of its own. */
function toBodyFailure(
  error: unknown,
  { onBodyError }: Pick<HandleRouteOptions, 'onBodyError'>,
): RouteAnswer {
  if (error instanceof ClientError) return toErrorAnswer(toHttpAnswer(error));
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500) {
    return toErrorAnswer({ status, body: JSON.stringify(toRequestErrorBody(status)) });
  }
  onBodyError(error);
  return toErrorAnswer(maskedAnswer);
}
