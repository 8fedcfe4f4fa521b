import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from '../../observability/tracing.ts';

export type Trace = ReturnType<typeof createTrace>;

export function createTrace(tracing: Tracing) {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  return {
    /** Creates a span for each request, from its first line to the end of its response. */
    register(fastify: FastifyInstance): void {
      fastify.addHook('onRequest', async (request) => {
        spans.set(request, tracing.beginRequest(request));
      });
      fastify.addHook('onResponse', async (request, reply) => {
        spans.get(request)?.end(reply.statusCode);
      });
    },
    /** Does something as a part of the trace of a request. */
    inTrace<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
      return spans.get(request)?.within(work) ?? work();
    },
    operation: tracing.operation,
  };
}
