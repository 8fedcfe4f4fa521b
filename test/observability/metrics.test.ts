import { expect, it } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';
import { errorCodes } from '../../src/operation/errors/graphql-error.ts';

const idle = {
  hashQueue: () => ({ running: 0, waiting: 0 }),
  loginCounters: () => undefined,
  databasePool: () => undefined,
  sockets: () => ({ sockets: 0, subscriptions: 0 }),
};

it('counts each code under its name, and what it does not know under OTHER', async () => {
  const metrics = createMetrics(idle, errorCodes);
  const operation = { type: 'query', outcome: 'refused', durationMs: 1, denials: [] };
  metrics.countOperation({ ...operation, codes: errorCodes });
  const text = await metrics.print();
  for (const code of errorCodes) {
    expect(text).toContain(`gatehouse_errors_total{code="${code}"} 1`);
  }
  expect(text).not.toContain('code="OTHER"');
  metrics.countOperation({ ...operation, codes: ['HERON_71'] });
  expect(await metrics.print()).toContain('gatehouse_errors_total{code="OTHER"} 1');
});

it('adds up the ended sessions that were removed', async () => {
  const metrics = createMetrics(idle, errorCodes);
  for (const count of [500, 0, 7]) metrics.countRemovedSessions(count);
  expect(await metrics.print()).toContain('gatehouse_removed_sessions_total 507');
});
