import { setTimeout } from 'node:timers/promises';
import { isUnavailable } from '../errors.ts';

export interface RetryUntilAvailableOptions {
  readonly signal: AbortSignal;
  /** Called for each failed attempt. Another one follows. */
  readonly onUnavailable: (error: unknown) => void;
}

/** Short delays at first, so that a database that only restarts is found quickly. */
const firstDelayMs = 100;
const maxDelayMs = 1_000;

/**
 * Runs `work`, and repeats it while the database is unavailable, without a time limit.
 *
 * @throws the error of `work` if the database is available, and the signal's reason when `signal` is aborted.
 */
export async function retryUntilAvailable<Result>(
  work: () => Promise<Result>,
  { signal, onUnavailable }: RetryUntilAvailableOptions,
): Promise<Result> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, maxDelayMs)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      onUnavailable(error);
      await setTimeout(delayMs, undefined, { signal });
    }
  }
}
