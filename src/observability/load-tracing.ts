import { readFileSync } from 'node:fs';
import { NamedError } from '../error-pages.ts';
import { hasCode } from '../errors.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

/** The optional peer dependencies that only tracing needs. */
const libraries = [
  '@opentelemetry/api',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace-node',
  '@prisma/instrumentation',
];

/** A setting asks for traces, and a library that they need is not installed. */
class TracingUnavailableError extends NamedError {
  override readonly name = 'TracingUnavailableError';

  constructor(options: ErrorOptions) {
    super(
      'tracing-without-libraries',
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces need libraries that are not installed: npm install ${describeLibraries()}`,
      options,
    );
  }
}

/**
 * Starts traces, and loads OpenTelemetry for them.
 *
 * @throws {TracingUnavailableError} with the command that installs what is missing.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { startTracing: start } = await import('./tracing-opentelemetry.ts').catch((cause) => {
    throw hasCode(cause, 'ERR_MODULE_NOT_FOUND') ? new TracingUnavailableError({ cause }) : cause;
  });
  return start(options);
}

/** With the versions that this package was tested with. */
function describeLibraries(): string {
  const manifest: { readonly peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return libraries.map((name) => `${name}@${manifest.peerDependencies[name]}`).join(' ');
}
