import { z } from 'zod';
import { anyWholeNumber, setting, text, wholeNumber } from './setting.ts';

const endpoint = z.string().regex(/^https?:\/\//, 'must begin with http:// or https://');

/** How the process is watched and stopped. */
export const runningSettings = {
  METRICS_PORT: setting(
    anyWholeNumber(0, 65_535).optional(),
    'The port of the metrics for Prometheus, at /metrics. Not set: there are none. 0: one that is free.',
  ),
  METRICS_HOST: setting(
    text('127.0.0.1'),
    'Where the metrics are served. They hold no secret, but are for whoever runs the server alone.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    endpoint.optional(),
    'Where a collector of OpenTelemetry takes traces by OTLP over HTTP, such as http://127.0.0.1:4318. Not set: nothing is traced. Its other variables for the exporter and the sampler, such as OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER, hold as well; those for resources do not.',
    'place',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting(
    endpoint.optional(),
    'The same as a whole address, such as http://127.0.0.1:4318/v1/traces. It comes first.',
    'place',
  ),
  OTEL_SERVICE_NAME: setting(text('gatehouse'), 'Under which name traces speak of this server.'),
  OTEL_PROPAGATORS: setting(
    text('tracecontext'),
    'Whether the trace that a request comes with (the header traceparent) is taken up: with tracecontext in this list of words. Anybody can send that header, and say with it that the trace is to be kept: none, unless what calls this server is yours, or a proxy of yours sets it.',
  ),
  OTEL_SDK_DISABLED: setting(
    z.string().default('false'),
    'true: nothing is traced, whatever else is set.',
  ),
  DRAIN_SECONDS: setting(
    anyWholeNumber(0, 600).optional(),
    'For how long requests are still served after SIGTERM, while /health/ready tells the proxy to send no more. At least as long as the proxy needs to ask twice. Not set: 5 in production, otherwise 0.',
  ),
  STOP_SECONDS: setting(
    wholeNumber(1, 3600, 20),
    'When the process ends at the latest after SIGTERM, whatever is still under way. Longer than DRAIN_SECONDS, and shorter than the orchestrator waits.',
  ),
};
