import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

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
export async function registerSecurityHeaders(fastify: FastifyInstance): Promise<void> {
  await fastify.register(helmet, {
    contentSecurityPolicy,
    frameguard: { action: 'deny' },
    // Browsers heed it on answers by TLS alone. Subdomains are not this server's to decide about.
    hsts: { maxAge: yearSeconds, includeSubDomains: false },
  });
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
}
