import { expect, it } from 'vitest';
import { DeadlineError } from '../../../src/errors.ts';
import { createInTime } from '../../../src/server/limits/deadline.ts';

const inTime = createInTime((work) => work(), 20);

it('gives up what waits for something else than the database, a moment after the deadline', async () => {
  const begunAtMs = performance.now();
  const never = new Promise(() => {});
  await expect(inTime(() => never)).rejects.toBeInstanceOf(DeadlineError);
  expect(performance.now() - begunAtMs).toBeGreaterThan(500);
});

it('gives what the work gives, also what it throws', async () => {
  expect(await inTime(async () => 'done')).toBe('done');
  const failed = new Error('failed');
  await expect(inTime(() => Promise.reject(failed))).rejects.toBe(failed);
});
