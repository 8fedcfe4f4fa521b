import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSessionCleaner } from '../../../src/identity/sessions/session-cleaner.ts';

const minute = 60 * 1000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/**
 * A cleaner of a store that removes so many, one number for each time that it is asked, and `together` times some of
 * those that ended together.
 */
function cleanerOf(removed: readonly (number | Error)[], together = 0) {
  const batches: string[] = [];
  const limits: number[] = [];
  const counts: number[] = [];
  const errors: unknown[] = [];
  const cleaner = createSessionCleaner({
    sessions: {
      removeChallenges: async () => 0,
      removeDead: async (limit) => {
        limits.push(limit);
        const next = removed[limits.length - 1] ?? 0;
        if (next instanceof Error) throw next;
        return next;
      },
      removeEndedTogether: async (limit) => {
        batches.push(`${limit} after ${limits.length}`);
        return batches.length <= together ? 7 : undefined;
      },
    },
    onRemoved: (count) => void counts.push(count),
    onError: (error) => errors.push(error),
  });
  return { cleaner, limits, batches, counts, errors };
}

it('removes what is dead at its start, batch after batch, until one is not full', async () => {
  const { cleaner, limits } = cleanerOf([500, 500, 499, 500]);
  cleaner.start();
  await vi.advanceTimersByTimeAsync(minute - 1);
  expect(limits).toEqual([500, 500, 500]);
  await cleaner.stop();
});

it('then removes those that ended together, until there is nothing to remove', async () => {
  const { cleaner, batches, counts } = cleanerOf([500, 1], 2);
  cleaner.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual(['500 after 2', '500 after 2', '500 after 2']);
  expect(counts).toEqual([500, 1, 7, 7]);
  await cleaner.stop();
});

it('looks again every minute until it is stopped', async () => {
  const { cleaner, limits } = cleanerOf([]);
  cleaner.start();
  await vi.advanceTimersByTimeAsync(3 * minute);
  expect(limits).toHaveLength(4);
  await cleaner.stop();
  await vi.advanceTimersByTimeAsync(3 * minute);
  expect(limits).toHaveLength(4);
});

it('reports a failure, and tries again a minute later', async () => {
  const failure = new Error('The database is down.');
  const { cleaner, limits, errors } = cleanerOf([failure, 1]);
  cleaner.start();
  await vi.advanceTimersByTimeAsync(minute);
  expect({ errors, asked: limits.length }).toEqual({ errors: [failure], asked: 2 });
  await cleaner.stop();
});

it('is stopped when the batch under way is done, and begins no other', async () => {
  const { cleaner, limits } = cleanerOf([500, 500, 500]);
  cleaner.start();
  await cleaner.stop();
  expect(limits).toEqual([500]);
});

it('can be stopped before it was started, and then removes nothing', async () => {
  const { cleaner, limits, batches } = cleanerOf([500], 1);
  await cleaner.stop();
  await vi.advanceTimersByTimeAsync(3 * minute);
  expect([limits, batches, vi.getTimerCount()]).toEqual([[], [], 0]);
});
