const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

export interface EndOnAbortOptions<Answer> {
  readonly signal: AbortSignal;
  /** Returns the last answer, for `signal` or for an error of the answers. */
  readonly last: (error?: unknown) => Answer;
}

/**
 * Ends answers with a last one as soon as `signal` aborts, also while they wait for an event, and when they reject.
 *
 * It releases the source at once, without waiting for it: a generator ends only when what it waits for is there.
 */
export function endOnAbort<Answer>(
  answers: AsyncIterableIterator<Answer, undefined, undefined>,
  { signal, last }: EndOnAbortOptions<Answer>,
): AsyncIterableIterator<Answer, undefined, undefined> {
  const waiting = new Set<() => void>();
  let isOver = false;
  let released: Promise<unknown> | undefined;
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();

  function abort(): void {
    release().catch(() => {}); // the right has ended, whatever becomes of the source
    for (const wake of waiting) wake();
  }

  async function release(): Promise<void> {
    released ??= answers.return?.();
    await released;
  }

  /** Resolves with undefined when `signal` aborts first. */
  async function step(): Promise<IteratorResult<Answer, undefined> | undefined> {
    if (signal.aborted) return undefined;
    let wake = () => {};
    const aborted = new Promise<undefined>((resolve) => {
      wake = () => resolve(undefined);
    });
    waiting.add(wake);
    try {
      return await Promise.race([answers.next(), aborted]);
    } finally {
      waiting.delete(wake);
    }
  }

  function end(error?: unknown): IteratorResult<Answer, undefined> {
    if (isOver) return done;
    isOver = true;
    return { done: false, value: last(error) };
  }

  const ending: AsyncIterableIterator<Answer, undefined, undefined> = {
    async next() {
      if (isOver) return done;
      try {
        const found = await step();
        if (found === undefined || signal.aborted) return end();
        if (isOver) return done;
        isOver = found.done === true;
        return found;
      } catch (error) {
        return end(error);
      }
    },
    async return() {
      isOver = true;
      signal.removeEventListener('abort', abort);
      if (!signal.aborted) await release();
      return done;
    },
    [Symbol.asyncIterator]: () => ending,
  };
  return ending;
}
