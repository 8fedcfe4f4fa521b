import { setTimeout } from 'node:timers/promises';

/** @throws {Error} when `work` takes longer. It is not canceled. */
export async function withinTime<Result>(
  timeoutMs: number,
  work: Promise<Result>,
): Promise<Result> {
  const waiting = new AbortController();
  const timeout = setTimeout(timeoutMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`no response within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    // Either can still reject, which would be unhandled.
    work.catch(() => undefined);
    timeout.catch(() => undefined);
    waiting.abort();
  }
}
