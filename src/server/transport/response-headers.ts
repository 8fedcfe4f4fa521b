import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** For answers that are data: should one ever be shown as a page, it loads and runs nothing. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

const yearSeconds = 31_536_000;

/**
 * Gives every answer the headers that keep browsers from doing more with it than meant, and the id under which
 * the log names it, and forbids caching. A route that may be cached, or that is a page, overrides them.
 */
export function registerHeaders(fastify: FastifyInstance): void {
  const headers = { 'cache-control': 'no-store', ...createSecurityHeaders() };
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.headers(headers).header('x-request-id', request.id);
    next();
  });
}

/** Helmet's headers, which are the same for each answer: to have them set one by one takes longer than to route. */
function createSecurityHeaders() {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const setHeaders = helmet({
    contentSecurityPolicy,
    frameguard: { action: 'deny' },
    // Browsers heed it on answers by TLS alone. Subdomains are not this server's to decide about.
    hsts: { maxAge: yearSeconds, includeSubDomains: false },
  });
  setHeaders(response.req, response, (problem) => {
    if (problem !== undefined) throw problem;
  });
  return response.getHeaders();
}
