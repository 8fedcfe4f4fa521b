import type { FastifyInstance } from 'fastify';

export interface ReadinessOptions {
  /** Asks the database for an answer; rejects without one. */
  readonly ping: () => Promise<void>;
  readonly isDraining: () => boolean;
  /** Called with what kept the database from answering. */
  readonly onPingError: (error: unknown) => void;
}

export type HealthOptions = Omit<ReadinessOptions, 'onPingError'>;

/** Whether the process can serve: send it no requests otherwise. */
export async function readiness({ ping, isDraining, onPingError }: ReadinessOptions) {
  if (isDraining()) return { status: 503, body: { status: 'draining' } };
  try {
    await ping();
    return { status: 200, body: { status: 'ready' } };
  } catch (error) {
    onPingError(error);
    return { status: 503, body: { status: 'database unavailable' } };
  }
}

/**
 * `/health/live`: the process runs; restart it otherwise. `/health/ready`: it can serve; send it no
 * requests otherwise.
 */
export function registerHealth(fastify: FastifyInstance, options: HealthOptions): void {
  fastify.get('/health/live', async () => ({ status: 'live' }));

  fastify.get('/health/ready', async (request, reply) => {
    const onPingError = (error: unknown) =>
      request.log.warn({ err: error }, 'the database does not respond');
    const { status, body } = await readiness({ ...options, onPingError });
    return reply.code(status).send(body);
  });
}
