import { createPeriodicTask, type PeriodicTask } from '../periodic-task.ts';
import { type AccessBatch, type AccessCounter, dayOf } from './access-counter.ts';
import type { AccessCountStore } from './access-counts.store.ts';

/** How often counts are written. A killed process loses those of this time. */
const intervalMs = 60 * 1000;

/** The maximum number of rows in one statement. */
const batchSize = 1_000;

/** The days for which counts are kept. */
export const keptDays = 400;

const dayMs = 24 * 60 * 60 * 1000;

/** Returns the day that was so many days before a time, in UTC. */
export const dayBefore = (at: Date, days: number): string =>
  dayOf(new Date(at.getTime() - days * dayMs));

export interface CountAccessOptions {
  readonly store: Pick<AccessCountStore, 'add' | 'recordUse' | 'extendPeriod' | 'removeBefore'>;
  /** Undefined: nothing is counted, which is recorded too. */
  readonly counter: AccessCounter | undefined;
  /** The id of the period of this process. */
  readonly id: string;
  readonly now: () => Date;
  /** Called when counts could not be written. The next run writes them. */
  readonly onError: (error: unknown) => void;
}

/**
 * Creates the task that writes the counts of this process each minute, and once more when it is stopped. It also records
 * in which time the process ran, and removes old counts.
 *
 * A write whose answer is lost is repeated: it can be counted twice, and is never left out.
 */
export function createCountAccess(options: CountAccessOptions): PeriodicTask {
  const { store, counter, id, now, onError } = options;
  let startedAt: Date | undefined;
  let cleanedOn: string | undefined;

  async function writeOnce(): Promise<void> {
    if (startedAt === undefined) return;
    const endedAt = now();
    if (counter !== undefined) await writeCounts(store, counter);
    const isCounting = counter !== undefined;
    await store.extendPeriod(id, { startedAt, endedAt, isCounting });
  }

  async function removeOld(isStopped: () => boolean): Promise<void> {
    const today = dayOf(now());
    if (cleanedOn === today) return;
    const before = dayBefore(now(), keptDays);
    while (!isStopped() && (await store.removeBefore(before, batchSize)) === batchSize);
    cleanedOn = today;
  }

  const task = createPeriodicTask({
    intervalMs,
    onError,
    async run(isStopped) {
      await writeOnce();
      await removeOld(isStopped);
    },
  });
  return {
    start() {
      startedAt = now();
      task.start();
    },
    async stop() {
      await task.stop();
      await writeOnce().catch(onError);
    },
  };
}

/** Writes what was counted. What cannot be written is counted again. */
async function writeCounts(
  store: Pick<AccessCountStore, 'add' | 'recordUse'>,
  counter: AccessCounter,
): Promise<void> {
  let { counts, memberships }: AccessBatch = counter.take();
  try {
    while (counts.length > 0) {
      await store.add(counts.slice(0, batchSize));
      counts = counts.slice(batchSize);
    }
    while (memberships.length > 0) {
      const locked = await store.recordUse(memberships.slice(0, batchSize));
      memberships = memberships.slice(batchSize);
      counter.restore({ counts: [], memberships: locked });
    }
  } catch (error) {
    counter.restore({ counts, memberships });
    throw error;
  }
}
