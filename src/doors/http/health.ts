import type { FastifyInstance } from 'fastify';

export interface ReadinessOptions {
  /** Queries the database. Rejects when it does not answer. */
  readonly ping: () => Promise<void>;
  readonly isDraining: () => boolean;
  readonly onPingError: (error: unknown) => void;
}

export type HealthOptions = Omit<ReadinessOptions, 'onPingError'>;

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
 * Serves `/health/live` (the process runs; otherwise restart it) and `/health/ready` (it can serve; otherwise send it
 * no requests).
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
