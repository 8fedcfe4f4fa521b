import { setTimeout } from 'node:timers/promises';
import { isAway } from './errors.ts';

export interface UntilThereOptions {
  readonly signal: AbortSignal;
  /** Told each time that the database is not there. It is tried again. */
  readonly onAway: (error: unknown) => void;
}

/** The waits between tries: short ones at first, so that a database that only restarts is soon found. */
const firstWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * Does `work` once the database is there, however long that takes.
 *
 * @throws what `work` throws, unless the database is only away; and when `signal` is aborted.
 */
export async function untilThere<Result>(
  work: () => Promise<Result>,
  { signal, onAway }: UntilThereOptions,
): Promise<Result> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      onAway(error);
      await setTimeout(waitMs, undefined, { signal });
    }
  }
}
