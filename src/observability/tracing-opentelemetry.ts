import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { RequestSpan, Tracing, TracingOptions } from './tracing.ts';

/**
 * Traces by OpenTelemetry, for the whole process, until it is stopped. The SDK reads its variables for them,
 * such as `OTEL_TRACES_SAMPLER` and `OTEL_EXPORTER_OTLP_HEADERS`.
 *
 * Not to be loaded unless traces are wanted: it is more code than the rest of the server.
 */
export function startTracing({ url, serviceName, continuesTraces }: TracingOptions): Tracing {
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  provider.register();
  const statements = new PrismaInstrumentation();
  statements.setTracerProvider(provider);
  statements.enable();
  const tracer = trace.getTracer('gatehouse');

  return {
    beginRequest({ method, headers }) {
      const from = continuesTraces ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
      const attributes = { 'http.request.method': method };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, from);
      return toRequestSpan(span);
    },
    operation: (work) => tracer.startActiveSpan('graphql', (span) => runIn(span, work)),
    statement(text, work) {
      const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text };
      const options = { kind: SpanKind.CLIENT, attributes };
      return tracer.startActiveSpan('statement', options, (span) => runIn(span, work));
    },
    describe({ operationName, type = 'unknown', documentHash, outcome, requestId }) {
      const span = trace.getActiveSpan();
      span?.updateName(`graphql ${type}`);
      span?.setAttributes({
        ...(operationName === undefined ? {} : { 'graphql.operation.name': operationName }),
        'graphql.operation.type': type,
        'gatehouse.document.hash': documentHash,
        'gatehouse.outcome': outcome,
        'gatehouse.request.id': requestId,
      });
      if (outcome === 'failed') span?.setStatus({ code: SpanStatusCode.ERROR });
    },
    async stop() {
      statements.disable();
      // Traces that cannot be sent are lost, so that the server can stop.
      await provider.shutdown().catch(() => undefined);
      for (const part of [trace, context, propagation]) part.disable();
    },
  };
}

async function runIn<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function toRequestSpan(span: Span): RequestSpan {
  const within = trace.setSpan(ROOT_CONTEXT, span);
  return {
    within: (work) => context.with(within, work),
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
