import type { FastifyInstance } from 'fastify';
import { browserRequestOf } from '../request/request-context.ts';
import { isAllowedOrigin } from '../request/web-origin.ts';

/** The maximum number of logged origins: clients can invent any number. */
const maxOrigins = 100;
/** The maximum length of a logged origin. A host name has at most 253 characters. */
const maxOriginLength = 300;

const advice =
  'pages of this origin cannot open WebSockets, use session cookies or read answers: the request was made to another ' +
  'host. If a proxy forwarded it, the proxy must keep the header Host (Vite: `changeOrigin: false`). If it is another ' +
  'site that may use the API, add it to ALLOWED_ORIGINS';

/** Logs each origin whose pages may not use this server once, for HTTP and WebSocket. */
export function registerOriginLog(
  fastify: FastifyInstance,
  allowedOrigins: readonly string[],
): void {
  const logged = new Set<string>();
  fastify.addHook('onRequest', (request, _reply, next) => {
    const { headers } = request;
    const origin = headers.origin?.slice(0, maxOriginLength);
    const isNews = origin !== undefined && !logged.has(origin) && logged.size < maxOrigins;
    if (isNews && !isAllowedOrigin(headers.origin, browserRequestOf(request), allowedOrigins)) {
      logged.add(origin);
      request.log.warn({ origin, host: request.host.slice(0, maxOriginLength) }, advice);
    }
    next();
  });
}
