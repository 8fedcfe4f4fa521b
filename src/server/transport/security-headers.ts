import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** For answers that are data: should one ever be shown as a page, it loads and runs nothing. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

const yearSeconds = 31_536_000;

/**
 * Gives every answer the headers that keep browsers from doing more with it than meant, and has nobody
 * keep it. A route that may be kept, or that is a page, says so itself.
 */
export function registerSecurityHeaders(fastify: FastifyInstance): void {
  // Made once: Fastify's plugin makes it anew for each request, at a tenth of the price of a refusal.
  const setHeaders = helmet({
    contentSecurityPolicy,
    frameguard: { action: 'deny' },
    // Browsers heed it on answers by TLS alone. Subdomains are not this server's to decide about.
    hsts: { maxAge: yearSeconds, includeSubDomains: false },
  });
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.header('cache-control', 'no-store');
    setHeaders(request.raw, reply.raw, () => next());
  });
}
