import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** How long browsers may cache the answer to a preflight, in seconds. */
const preflightMaxAgeSeconds = 600;

/** The response headers that pages may read. `date`: front ends measure the age of proofs by the server's clock. */
const exposedHeaders = [
  'date',
  'www-authenticate',
  'retry-after',
  'preference-applied',
  'x-request-id',
];

/**
 * Lets pages of these origins use the routes of this instance from a browser, with its session cookie (Fetch, 3.3).
 * Only listed origins are ever echoed: with `*`, every page could read.
 */
export async function registerCors(
  fastify: FastifyInstance,
  allowedOrigins: readonly string[],
): Promise<void> {
  if (allowedOrigins.length === 0) return;
  await fastify.register(cors, {
    origin: [...allowedOrigins],
    methods: ['GET', 'POST'],
    credentials: true,
    exposedHeaders,
    maxAge: preflightMaxAgeSeconds,
    strictPreflight: false,
  });
}
