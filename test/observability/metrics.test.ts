import { expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { createMetrics } from '../../src/observability/metrics.ts';

/** Every code of ours: the compiler asks for one that is missing. */
const ours = {
  BAD_USER_INPUT: true,
  BODY_TOO_LARGE: true,
  CONFLICT: true,
  EVENTS_LOST: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  OPERATION_TOO_LARGE: true,
  RATE_LIMITED: true,
  SERVICE_UNAVAILABLE: true,
  UNAUTHENTICATED: true,
} satisfies Record<ErrorCode, true>;

const idle = {
  hashQueue: () => ({ running: 0, waiting: 0 }),
  databasePool: () => undefined,
  sockets: () => ({ sockets: 0, subscriptions: 0 }),
};

it('counts each code under its name, and what it does not know under OTHER', async () => {
  const metrics = createMetrics(idle);
  const operation = { type: 'query', outcome: 'refused', durationMs: 1, denials: [] };
  metrics.countOperation({ ...operation, codes: Object.keys(ours) });
  const text = await metrics.print();
  for (const code of Object.keys(ours)) {
    expect(text).toContain(`gatehouse_errors_total{code="${code}"} 1`);
  }
  expect(text).not.toContain('code="OTHER"');
  metrics.countOperation({ ...operation, codes: ['HERON_71'] });
  expect(await metrics.print()).toContain('gatehouse_errors_total{code="OTHER"} 1');
});
