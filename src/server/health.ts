import type { FastifyInstance } from 'fastify';

export interface HealthOptions {
  /** Asks the database for an answer; rejects without one. */
  readonly ping: () => Promise<void>;
  readonly isDraining: () => boolean;
}

/**
 * `/health/live`: the process runs; restart it otherwise. `/health/ready`: it can serve; send it no
 * requests otherwise.
 */
export function registerHealth(
  fastify: FastifyInstance,
  { ping, isDraining }: HealthOptions,
): void {
  fastify.get('/health/live', async () => ({ status: 'live' }));

  fastify.get('/health/ready', async (request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' });
    try {
      await ping();
      return { status: 'ready' };
    } catch (error) {
      request.log.warn({ err: error }, 'the database does not respond');
      return reply.code(503).send({ status: 'database unavailable' });
    }
  });
}
