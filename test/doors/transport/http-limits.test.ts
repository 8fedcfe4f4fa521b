import { expect, it } from 'vitest';
import { defaultTimes, toConnectionLimits } from '../../../src/doors/transport/http-limits.ts';

it.each([
  { operationTimeoutMs: 10_000, connectionTimeout: 30_000 },
  { operationTimeoutMs: 30_000, connectionTimeout: 35_000 },
  { operationTimeoutMs: 600_000, connectionTimeout: 605_000 },
])(
  'a connection outlives an operation of $operationTimeoutMs ms',
  ({ operationTimeoutMs, connectionTimeout }) => {
    expect(toConnectionLimits(defaultTimes, operationTimeoutMs)).toMatchObject({
      connectionTimeout,
    });
  },
);
