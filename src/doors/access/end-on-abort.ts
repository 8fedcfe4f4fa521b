const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

export interface EndOnAbortOptions<Answer> {
  /** Aborts when the answers have ended, for any reason. */
  readonly signal: AbortSignal;
  /** Returns the last answer, if there is one, when `signal` has aborted. */
  readonly last: () => Answer | undefined;
}

/** Ends answers as soon as `signal` aborts, also while they wait for an event. They never reject. */
export function endOnAbort<Answer>(
  answers: AsyncIterableIterator<Answer, undefined, undefined>,
  { signal, last }: EndOnAbortOptions<Answer>,
): AsyncIterableIterator<Answer, undefined, undefined> {
  const waiting = new Set<() => void>();
  let isOver = false;
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();

  function abort(): void {
    void answers.return?.();
    for (const wake of waiting) wake();
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
    } catch {
      return undefined; // their error becomes the last answer
    } finally {
      waiting.delete(wake);
    }
  }

  function end(): IteratorResult<Answer, undefined> {
    isOver = true;
    const value = last();
    return value === undefined ? done : { done: false, value };
  }

  const ending: AsyncIterableIterator<Answer, undefined, undefined> = {
    async next() {
      const found = isOver ? done : await step();
      if (isOver) return done;
      return found === undefined || signal.aborted ? end() : found;
    },
    async return() {
      isOver = true;
      await answers.return?.();
      return done;
    },
    [Symbol.asyncIterator]: () => ending,
  };
  return ending;
}
