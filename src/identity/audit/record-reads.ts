import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { ReadNotRecordedError } from '../../errors.ts';
import type { NewRead } from './reads.records.ts';

/** Records what one answer holds. Rejects when it was not recorded: the answer must not be delivered. */
export type RecordReads = (answer: AnswerReads) => Promise<void>;

/** What one answer, or one event of a subscription, holds. */
export interface AnswerReads {
  readonly reads: readonly NewRead[];
  /** An event has many answers at the same time, one for each subscriber, which are recorded together. */
  readonly isEvent: boolean;
}

export interface RecordReadsOptions {
  /** Writes rows, all or none. Resolves when they are committed. */
  readonly add: (reads: readonly NewRead[]) => Promise<void>;
  /** How long an answer waits for its record, in milliseconds. */
  readonly patienceMs: number;
  /** Called once for each write that failed. */
  readonly onError: (error: unknown) => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** An answer that waits for its record. */
interface Waiting extends AnswerReads {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The maximum number of answers in one write. */
const maxAnswers = 1_000;

/** Events are written when none came for this time. */
const eventPauseMs = 15;

/** The maximum time to wait for more answers. */
const maxGatherMs = { event: 100, other: 5 } as const;

/**
 * Creates the function that records reads before they are delivered. Answers that wait at the same time share one write,
 * such as those of all subscribers of an event. One write is in progress at a time.
 */
export function createRecordReads(options: RecordReadsOptions): RecordReads {
  const { add, patienceMs, onError } = options;
  const waiting = new Set<Waiting>();
  // A write belongs to no request, whose deadline would end it for the others.
  const outside = new AsyncResource('record of reads');
  let isWriting = false;

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      await untilQuiet(waiting, options);
      const batch = [...waiting].slice(0, maxAnswers);
      for (const answer of batch) waiting.delete(answer);
      await writeBatch(batch);
    }
    isWriting = false;
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return; // all of them were given up
    try {
      await add(batch.flatMap(({ reads }) => reads));
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      onError(cause);
      for (const { reject } of batch) reject(new ReadNotRecordedError({ cause }));
    }
  }

  return (answer) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(entry);
        reject(new ReadNotRecordedError());
      }, patienceMs);
      const entry: Waiting = {
        ...answer,
        resolve() {
          clearTimeout(timer);
          resolve();
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      waiting.add(entry);
      if (isWriting) return;
      isWriting = true;
      outside.runInAsyncScope(() => void writeAll());
    });
}

/** Waits until no more answers come that could share the write. */
async function untilQuiet(
  waiting: ReadonlySet<Waiting>,
  { elapsedMs }: Pick<RecordReadsOptions, 'elapsedMs'>,
): Promise<void> {
  const startedAtMs = elapsedMs();
  for (let count = 0; waiting.size > count && waiting.size < maxAnswers; ) {
    count = waiting.size;
    const areEvents = [...waiting].every(({ isEvent }) => isEvent);
    const gatherMs = areEvents ? maxGatherMs.event : maxGatherMs.other;
    if (elapsedMs() - startedAtMs >= gatherMs) return;
    await (areEvents ? pause(eventPauseMs) : setImmediate());
  }
}
