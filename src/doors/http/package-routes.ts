import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '../../context/route.ts';
import { clientNameOf } from '../request/read-client-name.ts';
import { authorizationOf, browserRequestOf, clientOf } from '../request/request-context.ts';
import { signalOfResponse } from '../request/request-signal.ts';
import { admitToRoute, announcesBody, takesBody } from '../routes/admit-to-route.ts';
import type { FindRoutes } from '../routes/find-routes.ts';
import { type RouteRequest, type RunRoute, toHeaders } from '../routes/run-route.ts';
import type { LoadShedding } from '../transport/load-shedding.ts';
import { type Body, type ReadBody, toDeclaredBytes } from '../transport/read-body.ts';
import type { Refusal } from '../transport/request-refusal.ts';
import type { Trace } from './trace-requests.ts';

export interface RoutesOptions {
  /** The routes of all packages. Their paths differ. */
  readonly routes: readonly Route[];
  readonly findRoutes: FindRoutes<Route>;
  readonly runRoute: RunRoute;
  readonly readBody: ReadBody;
  readonly shedding: Pick<LoadShedding, 'hasRoom' | 'refuse' | 'run'>;
  readonly trace: Trace | undefined;
}

/** Creates the function that says why no route takes a request, before its body is read. */
export const createRefuseForRoutes =
  ({ findRoutes }: Pick<RoutesOptions, 'findRoutes'>) =>
  ({ url, method, headers }: FastifyRequest): Refusal | undefined => {
    const found = findRoutes(url);
    if (found.length === 0) return undefined;
    const hasBody = announcesBody(headers);
    const admission = admitToRoute(found, { method, host: headers.host, hasBody, headers });
    return 'refusal' in admission ? admission.refusal : undefined;
  };

/** Serves the routes of packages. */
export async function registerRoutes(
  fastify: FastifyInstance,
  options: RoutesOptions,
): Promise<void> {
  const { routes, findRoutes, readBody, shedding } = options;
  // Undefined for another spelling of the path, which the router takes for the same.
  const routeOf = ({ url, method }: FastifyRequest) =>
    findRoutes(url).find((each) => each.method === method);

  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async (request: FastifyRequest, payload: Body) =>
      readBody(payload, {
        maxBodyBytes: routeOf(request)?.maxBodyBytes ?? 0,
        declaredBytes: toDeclaredBytes(request.headers['content-length']),
      }),
    );
    for (const { method, path } of routes) {
      scope.route({
        method,
        url: path,
        // A request for the headers alone would use up what a link allows once.
        exposeHeadRoute: false,
        onRequest(request, reply, next) {
          if (routeOf(request) === undefined) reply.callNotFound();
          else if (shedding.hasRoom()) next();
          else shedding.refuse(reply);
        },
        handler(request, reply) {
          const route = routeOf(request);
          return route === undefined
            ? reply.callNotFound()
            : sendRouteAnswer({ route, request, reply }, options);
        },
      });
    }
  });
}

interface Routed {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** It counts as under way until it has ended, even if its client already got another answer. */
async function sendRouteAnswer(
  { route, request, reply }: Routed,
  { runRoute, shedding, trace }: RoutesOptions,
): Promise<FastifyReply> {
  const run = () => runRoute(route, toRouteRequest({ route, request, reply }), shedding.run);
  const { status, headers, body } = await (trace === undefined
    ? run()
    : trace.inTrace(request, run));
  for (const [name, value] of Object.entries(headers)) {
    const set = reply.getHeader(name);
    // Those of every response stay as they are. CORS has set `Vary` already (Fetch, 3.3.4).
    if (set === undefined) reply.header(name, value);
    else if (name === 'vary') reply.header(name, `${set}, ${value}`);
  }
  return reply.code(status).send(body);
}

function toRouteRequest({ route, request, reply }: Routed): RouteRequest {
  const { body, headers, host, id: requestId, protocol, raw, url } = request;
  const readBrowser = () => browserRequestOf(request);
  return {
    url: `${protocol}://${host}${url}`,
    headers: toHeaders(headers),
    body: takesBody(route) && Buffer.isBuffer(body) ? new Uint8Array(body) : undefined,
    authorization: authorizationOf(raw),
    readBrowser,
    client: clientOf(request),
    clientName: clientNameOf((name) => headers[name]?.toString()),
    requestId,
    openSignal: (deadline) => signalOfResponse(reply.raw, deadline),
  };
}
