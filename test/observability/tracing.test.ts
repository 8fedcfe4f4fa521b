import { execFileSync } from 'node:child_process';
import { beforeAll, expect, it } from 'vitest';
import { build, repository } from '../support/process.ts';

/** In a process of its own: what another test has loaded is not what the program loads. */
const script = `
  import { createRequire } from 'node:module';
  const loaded = () => ['@opentelemetry', 'prom-client', '@redis', '@nats-io'].map((library) =>
    Object.keys(createRequire(import.meta.url).cache).filter((file) =>
      file.includes('/node_modules/' + library + '/')).length);
  await import('./dist/gatehouse/app.js');
  await import('./packages/redis/dist/index.js');
  await import('./packages/nats/dist/index.js');
  const before = loaded();
  // So that the above is known to look where they would be.
  await import('./dist/observability/metrics.js');
  await import('./dist/observability/tracing-opentelemetry.js');
  await import('./packages/redis/dist/counters.js');
  await import('./packages/nats/dist/carrier.js');
  console.log(JSON.stringify({ before, after: loaded().map((count) => count > 0) }));
`;

beforeAll(build);

it('loads nothing of OpenTelemetry, of Prometheus, Redis and NATS before one of them is wanted', () => {
  const words = ['--input-type=module', '--eval', script];
  const reported = execFileSync(process.execPath, words, { cwd: repository, encoding: 'utf8' });
  expect(JSON.parse(reported)).toEqual({
    before: [0, 0, 0, 0],
    after: [true, true, true, true],
  });
});
