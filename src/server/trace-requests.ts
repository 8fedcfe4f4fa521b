import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from '../observability/tracing.ts';

/** Answers the GraphQL of a request, as a part of its trace. */
export type InTrace = <Result>(
  request: FastifyRequest,
  work: () => Promise<Result>,
) => Promise<Result>;

/** Gives every request a span, from its first line to the end of its answer, when there is tracing. */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing | undefined): InTrace {
  if (tracing === undefined) return (_request, work) => work();
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  fastify.addHook('onRequest', async (request) => {
    spans.set(request, tracing.beginRequest(request));
  });
  fastify.addHook('onResponse', async (request, reply) => {
    spans.get(request)?.end(reply.statusCode);
  });
  return (request, work) => {
    const span = spans.get(request);
    return span === undefined ? work() : span.within(() => tracing.operation(work));
  };
}
