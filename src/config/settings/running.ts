import { z } from 'zod';
import { anyWholeNumber, setting, text, wholeNumber } from './setting.ts';

const endpoint = z.string().regex(/^https?:\/\//, 'must begin with http:// or https://');

/** How the process is monitored and stopped. */
export const runningSettings = {
  METRICS_PORT: setting(
    anyWholeNumber(0, 65_535).optional(),
    'The port of the Prometheus metrics, served at /metrics. Not set: no metrics. 0: any free port.',
  ),
  METRICS_HOST: setting(
    text('127.0.0.1'),
    'The address to serve the metrics on. They contain no secrets, but are intended only for operators.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    endpoint.optional(),
    'Base URL of an OpenTelemetry collector that receives traces by OTLP over HTTP, such as http://127.0.0.1:4318. Not set: no tracing. Requires the packages of OpenTelemetry beside Gatehouse; without them, the error at start has the command to install them. Other OpenTelemetry variables for the exporter and the sampler, such as OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER, apply as well; those for resources do not.',
    'place',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting(
    endpoint.optional(),
    'Full URL for traces, such as http://127.0.0.1:4318/v1/traces. Takes precedence over OTEL_EXPORTER_OTLP_ENDPOINT.',
    'place',
  ),
  OTEL_SERVICE_NAME: setting(text('gatehouse'), 'The service name of this server in traces.'),
  OTEL_PROPAGATORS: setting(
    text('tracecontext'),
    'Comma-separated propagators. If the list contains tracecontext, the trace of an incoming request (its traceparent header) is continued. Any client can send this header and force the trace to be recorded: set it to none unless you control all clients or your proxy sets the header.',
  ),
  OTEL_SDK_DISABLED: setting(
    z.string().default('false'),
    'true: no tracing, regardless of all other settings.',
  ),
  DRAIN_SECONDS: setting(
    anyWholeNumber(0, 600).optional(),
    'How long requests are still served after SIGTERM, in seconds, while /health/ready answers 503 so that the proxy stops sending. Must be at least two health check intervals of the proxy. Not set: 5 in production (less if STOP_SECONDS is 5 or lower), otherwise 0.',
  ),
  STOP_SECONDS: setting(
    wholeNumber(1, 3600, 20),
    'Maximum time from SIGTERM until the process exits, in seconds, even if work is still in progress. Must be greater than DRAIN_SECONDS and less than the grace period of the orchestrator.',
  ),
};
