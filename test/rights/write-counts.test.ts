import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CountPeriod } from '../../packages/rights/src/counts/counts.store.ts';
import {
  createUseCounter,
  type MembershipUse,
  type UseCount,
} from '../../packages/rights/src/counts/use-counter.ts';
import { createCountWriter } from '../../packages/rights/src/counts/write-counts.ts';
import type { UserViewer } from '../../src/authentication/viewer.ts';
import { createPeriodicTask } from '../../src/identity/periodic-task.ts';
import type { GroupUses } from '../../src/index.ts';
import { factorTable } from '../support/factor-table.ts';

const minute = 60 * 1000;
const start = new Date('2026-03-01T12:00:00Z');
beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

const viewerOf = (userId: string): UserViewer => ({
  kind: 'user',
  isAuthenticated: true,
  userId,
  sessionId: 's',
  sessionKind: 'token',
  factorKinds: factorTable.kinds,
  groups: new Set(['STAFF']),
});

const usesOf = (coordinate: string): GroupUses => ({
  groups: ['STAFF'],
  uses: [{ coordinates: [coordinate], alone: ['STAFF'], amongOthers: [] }],
});
const uses = usesOf('Query.a');

/** A node with a store that keeps what it is given, and fails while `failure` is set. */
function aNode(isCounting = true) {
  const stored = {
    counts: [] as UseCount[],
    memberships: [] as MembershipUse[],
    periods: [] as CountPeriod[],
    removedBefore: [] as string[],
  };
  const database: { failure: Error | undefined; locked: readonly MembershipUse[] } = {
    failure: undefined,
    locked: [],
  };
  const errors: unknown[] = [];
  const answer = async <Value>(work: () => Value): Promise<Value> => {
    if (database.failure !== undefined) throw database.failure;
    return work();
  };
  const now = () => new Date();
  const counter = createUseCounter({ now });
  const writer = createCountWriter({
    store: {
      add: (counts) => answer(() => void stored.counts.push(...counts)),
      recordUse: (memberships) =>
        answer(() => {
          stored.memberships.push(...memberships);
          return database.locked;
        }),
      extendPeriod: (_id, period) => answer(() => void stored.periods.push(period)),
      removeBefore: (day) => answer(() => void stored.removedBefore.push(day)),
    },
    counter: isCounting ? counter : undefined,
    id: 'id',
    now,
  });
  const periodic = createPeriodicTask({
    intervalMs: minute,
    run: writer.write,
    onError: (error) => void errors.push(error),
  });
  const task = {
    start: periodic.start,
    async stop() {
      await periodic.stop();
      await writer.writeLast();
    },
  };
  const total = () => stored.counts.reduce((sum, { alone }) => sum + alone, 0);
  return { counter, task, stored, database, errors, total };
}

describe('what a node counts', () => {
  it('is written each minute, so that a kill loses a minute at most', async () => {
    const { counter, task, total } = aNode();
    task.start();
    for (const written of [0, 1, 2, 3]) {
      expect(total()).toBe(written);
      counter.count(viewerOf('ada'), uses);
      await vi.advanceTimersByTimeAsync(minute);
    }
    expect(total()).toBe(4);
  });

  it('is written when the node stops, and nothing is written by one that did not start', async () => {
    const { counter, task, stored, total } = aNode();
    task.start();
    await vi.advanceTimersByTimeAsync(1_000);
    counter.count(viewerOf('ada'), uses);
    await task.stop();
    expect(total()).toBe(1);
    expect(stored.periods.at(-1)).toEqual({
      startedAt: start,
      endedAt: new Date(start.getTime() + 1_000),
      isCounting: true,
    });
    const other = aNode();
    await other.task.stop();
    expect(other.stored.periods).toEqual([]);
  });

  it('is kept while it cannot be written, and the time without is not recorded until then', async () => {
    const { counter, task, stored, database, errors, total } = aNode();
    task.start();
    await vi.advanceTimersByTimeAsync(0);
    const [first] = stored.periods;
    database.failure = new Error('away');
    counter.count(viewerOf('ada'), uses);
    await vi.advanceTimersByTimeAsync(minute);
    counter.count(viewerOf('ben'), uses);
    await vi.advanceTimersByTimeAsync(minute);
    expect(errors).toEqual([database.failure, database.failure]);
    expect(stored.periods).toEqual([first]);
    database.failure = undefined;
    await vi.advanceTimersByTimeAsync(minute);
    expect(total()).toBe(2);
    expect(stored.memberships.map(({ userId }) => userId)).toEqual(['ada', 'ben']);
    expect(stored.periods.at(-1)?.endedAt).toEqual(new Date(start.getTime() + 3 * minute));
  });

  it('has the day on which it was counted, however late it is written', async () => {
    vi.setSystemTime(new Date('2026-03-01T23:59:59.999Z'));
    const { counter, task, stored } = aNode();
    task.start();
    counter.count(viewerOf('ada'), uses);
    vi.setSystemTime(new Date('2026-03-02T00:00:00Z'));
    counter.count(viewerOf('ada'), uses);
    counter.count(viewerOf('ada'), uses);
    await task.stop();
    expect(stored.counts.map(({ day, alone }) => `${day} ${alone}`)).toEqual([
      '2026-03-01 1',
      '2026-03-02 2',
    ]);
    expect(stored.memberships.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('is not more to keep for many different operations', () => {
    const { counter } = aNode();
    for (let n = 0; n < 10_000; n += 1) counter.count(viewerOf('ada'), usesOf('Query.a'));
    const { counts, memberships } = counter.take();
    expect(counts).toMatchObject([{ coordinate: 'Query.a', alone: 10_000 }]);
    expect(memberships).toHaveLength(1);
    expect(counter.take()).toEqual({ counts: [], memberships: [] });
  });

  it('is removed after 400 days, once a day', async () => {
    const { task, stored } = aNode();
    task.start();
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(stored.removedBefore).toEqual(['2025-01-25']);
    // Not each minute of the day: timers that another file of this worker left would run for all of it.
    vi.setSystemTime(new Date(start.getTime() + 24 * 60 * minute));
    await vi.advanceTimersByTimeAsync(minute);
    expect(stored.removedBefore).toEqual(['2025-01-25', '2025-01-26']);
  });
});

it('a membership that a change has locked is recorded the next time', async () => {
  const { counter, task, stored, database } = aNode();
  task.start();
  database.locked = [{ day: '2026-03-01', userId: 'ada', group: 'STAFF' }];
  counter.count(viewerOf('ada'), uses);
  await vi.advanceTimersByTimeAsync(minute);
  database.locked = [];
  await vi.advanceTimersByTimeAsync(minute);
  await vi.advanceTimersByTimeAsync(minute);
  expect(stored.memberships.map(({ userId }) => userId)).toEqual(['ada', 'ada']);
});

it('a node that does not count records that, too', async () => {
  const { task, stored } = aNode(false);
  task.start();
  await vi.advanceTimersByTimeAsync(minute);
  expect(stored.periods).toMatchObject([{ isCounting: false }, { isCounting: false }]);
});
