import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from '../../observability/tracing.ts';

/** Answers a GraphQL request as a part of its trace. */
export type InTrace = <Result>(
  request: FastifyRequest,
  work: () => Promise<Result>,
) => Promise<Result>;

/** The traces of requests. */
export interface Trace {
  /** Creates a span for each request, from its first line to the end of its response. */
  register(fastify: FastifyInstance): void;
  readonly inTrace: InTrace;
}

export function createTrace(tracing: Tracing | undefined): Trace {
  if (tracing === undefined) return { register: () => {}, inTrace: (_request, work) => work() };
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  return {
    register(fastify) {
      fastify.addHook('onRequest', async (request) => {
        spans.set(request, tracing.beginRequest(request));
      });
      fastify.addHook('onResponse', async (request, reply) => {
        spans.get(request)?.end(reply.statusCode);
      });
    },
    inTrace(request, work) {
      const span = spans.get(request);
      return span === undefined ? work() : span.within(() => tracing.operation(work));
    },
  };
}
