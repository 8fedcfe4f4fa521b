import { z } from 'zod';
import { anyWholeNumber, settingFacts, text, wholeNumber } from './setting.ts';

const endpoint = z.string().regex(/^https?:\/\//, 'must begin with http:// or https://');

/** How the process is monitored and stopped. */
export const runningSettings = {
  metrics: z
    .object({
      port: anyWholeNumber(0, 65_535).optional().register(settingFacts, {
        name: 'METRICS_PORT',
        meaning:
          'The port of the Prometheus metrics, served at /metrics. Not set: no metrics. 0: any free port.',
      }),
      host: text('127.0.0.1').register(settingFacts, {
        name: 'METRICS_HOST',
        meaning:
          'The address to serve the metrics on. They contain no secrets, but are intended only for operators.',
      }),
    })
    .transform(({ port, host }) => (port === undefined ? undefined : { host, port })),
  tracing: z
    .object({
      endpoint: endpoint.optional().register(settingFacts, {
        name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        meaning:
          'Base URL of an OpenTelemetry collector that receives traces by OTLP over HTTP, such as http://127.0.0.1:4318. Not set: no tracing. Requires the packages of OpenTelemetry beside Gatehouse; without them, the error at start has the command to install them. Other OpenTelemetry variables for the exporter and the sampler, such as OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER, apply as well; those for resources do not.',
        shows: 'place',
      }),
      tracesEndpoint: endpoint.optional().register(settingFacts, {
        name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
        meaning:
          'Full URL for traces, such as http://127.0.0.1:4318/v1/traces. Takes precedence over OTEL_EXPORTER_OTLP_ENDPOINT.',
        shows: 'place',
      }),
      serviceName: text('gatehouse').register(settingFacts, {
        name: 'OTEL_SERVICE_NAME',
        meaning: 'The service name of this server in traces.',
      }),
      propagators: text('tracecontext').register(settingFacts, {
        name: 'OTEL_PROPAGATORS',
        meaning:
          'Comma-separated propagators. If the list contains tracecontext, the trace of an incoming request (its traceparent header) is continued. Any client can send this header and force the trace to be recorded: set it to none unless you control all clients or your proxy sets the header.',
      }),
      isDisabled: z
        .string()
        .default('false')
        .transform((text) => text.toLowerCase() === 'true')
        .register(settingFacts, {
          name: 'OTEL_SDK_DISABLED',
          meaning: 'true: no tracing, regardless of all other settings.',
        }),
    })
    .transform(toTracing),
  stop: z.object({
    drainSeconds: anyWholeNumber(0, 600).optional().register(settingFacts, {
      name: 'DRAIN_SECONDS',
      meaning:
        'How long requests are still served after SIGTERM, in seconds, while /health/ready answers 503 so that the proxy stops sending. Must be at least two health check intervals of the proxy. Not set: 5 in production (less if STOP_SECONDS is 5 or lower), otherwise 0.',
    }),
    deadlineSeconds: wholeNumber(1, 3600, 20).register(settingFacts, {
      name: 'STOP_SECONDS',
      meaning:
        'Maximum time from SIGTERM until the process exits, in seconds, even if work is still in progress. Must be greater than DRAIN_SECONDS and less than the grace period of the orchestrator.',
    }),
  }),
};

interface TracingSettings {
  readonly endpoint?: string | undefined;
  readonly tracesEndpoint?: string | undefined;
  readonly serviceName: string;
  readonly propagators: string;
  readonly isDisabled: boolean;
}

/** The general endpoint is a base URL, to which the path of traces is added (OpenTelemetry specification, OTLP exporter). */
function toTracing(settings: TracingSettings) {
  const { endpoint, tracesEndpoint, isDisabled, serviceName } = settings;
  const url =
    tracesEndpoint ??
    (endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/v1/traces`);
  if (url === undefined || isDisabled) return undefined;
  const propagators = settings.propagators.split(',').map((each) => each.trim());
  return { url, serviceName, continuesTraces: propagators.includes('tracecontext') };
}
