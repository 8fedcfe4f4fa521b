import { setTimeout } from 'node:timers/promises';
import { readNewestNumber } from './event-batches.ts';
import type { RelayResult } from './event-relay.ts';
import type { SessionQuery } from './listen-session.ts';

/** The delay before another attempt while another node moves events, which takes about a millisecond. */
const RETRY_DELAY_MS = 2;

/**
 * Waits until all events that were committed before the call are in batches. Returns the number of the newest batch.
 *
 * @throws the error of `query`.
 */
export async function readPosition(
  query: SessionQuery,
  relay: (query: SessionQuery) => Promise<RelayResult>,
): Promise<number> {
  while (!(await relay(query)).isComplete) await setTimeout(RETRY_DELAY_MS);
  return readNewestNumber(query);
}

/** Returns a function whose calls share the next run of `work`, which begins after each of them. Runs do not overlap. */
export function shareNextRun<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let previous: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | undefined;

  return () => {
    if (next !== undefined) return next;
    const run = previous.then(() => {
      next = undefined;
      return work();
    });
    next = run;
    previous = run.catch(() => {});
    return run;
  };
}
