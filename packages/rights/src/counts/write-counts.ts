import type { CountsStore } from './counts.store.ts';
import { type CountBatch, dayOf, type UseCounter } from './use-counter.ts';

/** The maximum number of rows in one statement. */
const batchSize = 1_000;

/** The days for which counts are kept. */
export const keptDays = 400;

const dayMs = 24 * 60 * 60 * 1000;

/** Returns the day that was so many days before a time, in UTC. */
export const dayBefore = (at: Date, days: number): string =>
  dayOf(new Date(at.getTime() - days * dayMs));

export interface CountWriterOptions {
  readonly store: Pick<CountsStore, 'add' | 'recordUse' | 'extendPeriod' | 'removeBefore'>;
  /** Undefined: nothing is counted, which is recorded too. */
  readonly counter: UseCounter | undefined;
  /** The id of the period of this process. */
  readonly id: string;
  readonly now: () => Date;
}

/** Writes the counts of a process. What could not be written is written by the next run. */
export interface CountWriter {
  /** Writes what was counted and until when the process ran, and removes old counts once a day. */
  write(isStopped: () => boolean): Promise<void>;
  /** Writes what was counted since the last run. Does nothing when there was none: the database may not be migrated. */
  writeLast(): Promise<void>;
}

/**
 * Creates the writer of a process, whose time begins with the first run. A write whose answer is lost is repeated: it can
 * be counted twice, and is never left out.
 */
export function createCountWriter({ store, counter, id, now }: CountWriterOptions): CountWriter {
  let startedAt: Date | undefined;
  let cleanedOn: string | undefined;

  async function writeSince(begin: Date): Promise<void> {
    const endedAt = now();
    if (counter !== undefined) await writeCounts(store, counter);
    const isCounting = counter !== undefined;
    await store.extendPeriod(id, { startedAt: begin, endedAt, isCounting });
  }

  return {
    async write(isStopped) {
      startedAt ??= now();
      await writeSince(startedAt);
      const today = dayOf(now());
      if (cleanedOn === today) return;
      await store.removeBefore(dayBefore(now(), keptDays), isStopped);
      cleanedOn = today;
    },
    async writeLast() {
      if (startedAt !== undefined) await writeSince(startedAt);
    },
  };
}

/** Writes what was counted. What cannot be written is counted again. */
async function writeCounts(
  store: Pick<CountsStore, 'add' | 'recordUse'>,
  counter: UseCounter,
): Promise<void> {
  let { counts, memberships }: CountBatch = counter.take();
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
