import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** The policy for responses with data: if a browser shows one as a page, it loads and runs nothing. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

const yearSeconds = 31_536_000;

/**
 * Adds the security headers and the request's id to every response, and forbids caching. Routes that can be cached,
 * or that are pages, override them.
 */
export function registerHeaders(fastify: FastifyInstance): void {
  const headers = { 'cache-control': 'no-store', ...createSecurityHeaders() };
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.headers(headers).header('x-request-id', request.id);
    next();
  });
}

/**
 * Creates Helmet's headers, which are the same for each response: letting Helmet set them takes longer than routing.
 */
function createSecurityHeaders() {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const setHeaders = helmet({
    contentSecurityPolicy,
    frameguard: { action: 'deny' },
    // Browsers use it only on TLS responses. Subdomains may belong to others.
    hsts: { maxAge: yearSeconds, includeSubDomains: false },
  });
  setHeaders(response.req, response, (problem) => {
    if (problem !== undefined) throw problem;
  });
  return response.getHeaders();
}
