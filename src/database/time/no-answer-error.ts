import { setImmediate, setTimeout } from 'node:timers/promises';

export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** The code of Node.js for a timeout, which other code checks for. */
  readonly code = 'ETIMEDOUT';

  constructor(waitedMs: number) {
    super(`The database has not responded for ${Math.round(waitedMs)} ms.`);
  }
}

/**
 * Waits for `answer`. A later one is ignored. Allows for a busy event loop.
 *
 * @throws {NoAnswerError} when it does not settle in time.
 */
export async function withTimeout<Answer>(
  answer: Promise<Answer>,
  timeoutMs: number,
): Promise<Answer> {
  const timer = new AbortController();
  const late = async (): Promise<never> => {
    await setTimeout(timeoutMs, undefined, { ref: false, signal: timer.signal });
    // Timers run before I/O: read an answer that has already arrived.
    await setImmediate();
    await setImmediate();
    throw new NoAnswerError(timeoutMs);
  };
  try {
    return await Promise.race([answer, late()]);
  } finally {
    timer.abort();
  }
}
