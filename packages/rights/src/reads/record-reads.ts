import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import type { NewRead } from './read-record.ts';

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
  /** Whether the database has rejected the data of a write. */
  readonly isRejectedData: (error: unknown) => boolean;
  /** Creates the error of an answer that was not recorded. */
  readonly notRecorded: () => Error;
  /** How long an answer waits for its record, in milliseconds. */
  readonly patienceMs: number;
  /** Called once for each write that failed, but not for one whose answers are written apart. */
  readonly onError: (error: unknown) => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** An answer that waits for its record. */
interface Waiting extends AnswerReads {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** It has waited too long. */
  isGivenUp: boolean;
}

/** The maximum number of answers in one write. */
const maxAnswers = 1_000;

/** No further answer joins a write with this number of ids. */
const enoughIds = 20_000;

/** Events are written when none came for this time. */
const eventPauseMs = 15;

/** The maximum time to wait for more answers. */
const maxGatherMs = { event: 100, other: 5 } as const;

/**
 * Creates the function that records reads before they are delivered. Answers that wait at the same time share one write,
 * such as those of all subscribers of an event. One write is in progress at a time.
 */
export function createRecordReads(options: RecordReadsOptions): RecordReads {
  const { add, isRejectedData, notRecorded, patienceMs, onError } = options;
  const waiting = new Set<Waiting>();
  // A write belongs to no request, whose deadline would end it for the others.
  const outside = new AsyncResource('record of reads');
  let isWriting = false;

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      await untilQuiet(waiting, options);
      await writeBatch(takeBatch(waiting));
    }
    isWriting = false;
  }

  /** Writes answers together. If the database rejects their data, finds the answers with wrong ones by halves. */
  async function writeBatch(taken: readonly Waiting[]): Promise<void> {
    const batch = taken.filter(({ isGivenUp }) => !isGivenUp);
    if (batch.length === 0) return; // all of them were given up
    try {
      await add(batch.flatMap(({ reads }) => reads));
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      if (batch.length > 1 && isRejectedData(cause)) {
        const middle = Math.ceil(batch.length / 2);
        await writeBatch(batch.slice(0, middle));
        return writeBatch(batch.slice(middle));
      }
      onError(cause);
      for (const { reject } of batch) reject(notRecorded());
    }
  }

  return (answer) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(entry);
        entry.isGivenUp = true;
        reject(notRecorded());
      }, patienceMs);
      const entry: Waiting = {
        ...answer,
        isGivenUp: false,
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

/** Takes the next answers to be written together. */
function takeBatch(waiting: Set<Waiting>): readonly Waiting[] {
  const batch: Waiting[] = [];
  let ids = 0;
  for (const answer of waiting) {
    if (batch.length === maxAnswers || ids >= enoughIds) break;
    waiting.delete(answer);
    batch.push(answer);
    ids += answer.reads.reduce((sum, read) => sum + read.ids.length, 0);
  }
  return batch;
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
