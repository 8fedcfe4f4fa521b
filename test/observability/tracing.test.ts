import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const loaded = (library: string) =>
  Object.keys(createRequire(import.meta.url).cache).filter((file) =>
    file.includes(`/node_modules/${library}/`),
  );

it('loads nothing of OpenTelemetry and of Prometheus before one of them is wanted', async () => {
  await import('../../src/app.ts');
  expect(loaded('@opentelemetry')).toEqual([]);
  expect(loaded('prom-client')).toEqual([]);
  // So that the above is known to look where they would be.
  await import('../../src/observability/metrics.ts');
  await import('../../src/observability/tracing-opentelemetry.ts');
  expect(loaded('@opentelemetry').length).toBeGreaterThan(0);
  expect(loaded('prom-client').length).toBeGreaterThan(0);
});
