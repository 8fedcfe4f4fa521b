import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** For how long a browser may keep the answer to its preflight, in seconds. */
const preflightMaxAgeSeconds = 600;

/** What a page may read of an answer beside its body. */
const exposedHeaders = ['www-authenticate', 'retry-after', 'preference-applied', 'x-request-id'];

/**
 * Lets pages of these origins use the routes of this instance from a browser (Fetch, 3.3). Never with what
 * the browser keeps for this server, such as cookies: a page sends its token itself.
 */
export async function registerCors(
  fastify: FastifyInstance,
  allowedOrigins: readonly string[],
): Promise<void> {
  if (allowedOrigins.length === 0) return;
  await fastify.register(cors, {
    origin: [...allowedOrigins],
    methods: ['GET', 'POST'],
    credentials: false,
    exposedHeaders,
    maxAge: preflightMaxAgeSeconds,
    strictPreflight: false,
  });
}
