const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The maximum number of events whose answers are prepared at the same time. */
const maxPrepared = 4;

/** An answer that waited longer for a slow client is prepared again, because data and rights may have changed. */
const maxAgeMs = 250;

export interface AnswerEventsOptions<Answer> {
  readonly source: AsyncIterable<unknown>;
  /**
   * Returns the answer to one event. Null: it has none. Undefined ends the stream. May be called again for the same event.
   */
  readonly answer: (event: unknown) => Promise<Answer | null | undefined>;
  /** Called once for each answer that is sent, before it is. When it rejects, the stream ends with its error. */
  readonly deliver: (answer: Answer) => Promise<Answer>;
  /** Called when the stream has ended, from either side, with its error if any. */
  readonly onEnd: (error?: unknown) => void;
  /** Called when the source throws while it is released. */
  readonly onReleaseError: (error: unknown) => void;
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
}

/** The answer to an event, or the end of the source. */
interface Prepared<Answer> {
  readonly value: Promise<Answer | null | undefined>;
  /** Undefined until the answer is there. */
  readyAtMs?: number;
  readonly again: () => Promise<Answer | null | undefined>;
}

/**
 * Iterates over the answers to the events of a source, in the order of the events. The next answers are prepared
 * meanwhile, so that one that waits for the database does not delay the others.
 *
 * It is not a generator: when a client disconnects, the source must be released immediately, not after the next
 * event. An answer that rejects releases the source too. Nothing waits for the end of the source: a generator ends only
 * when what it waits for is there, which may be never.
 */
export function answerEvents<Answer>(
  options: AnswerEventsOptions<Answer>,
): AsyncIterableIterator<Answer, undefined, undefined> {
  const events = options.source[Symbol.asyncIterator]();
  const ahead = prepareAhead(events, options);
  let isLeft = false;

  async function release(): Promise<void> {
    try {
      await events.return?.();
    } catch (error) {
      options.onReleaseError(error);
    }
  }

  function leave(error?: unknown): IteratorReturnResult<undefined> {
    if (isLeft) return done;
    isLeft = true;
    ahead.stop();
    options.onEnd(error);
    void release();
    return done;
  }

  const answers: AsyncIterableIterator<Answer, undefined, undefined> = {
    async next() {
      if (isLeft) return done;
      try {
        const prepared = await ahead.next();
        if (isLeft) return done;
        if (prepared === undefined) return leave();
        const value = await options.deliver(prepared);
        // The client unsubscribed meanwhile: a late answer would reach the next operation with this id.
        return isLeft ? done : { done: false, value };
      } catch (error) {
        if (isLeft) return done;
        leave(error);
        throw error;
      }
    },
    return: async () => leave(),
    [Symbol.asyncIterator]: () => answers,
  };
  return answers;
}

/** Prepares the next answers in the order of the events, until it is stopped. */
function prepareAhead<Answer>(
  events: AsyncIterator<unknown>,
  { answer, nowMs = () => performance.now() }: AnswerEventsOptions<Answer>,
) {
  const prepared: Prepared<Answer>[] = [];
  let isOver = false;
  /** Resolves when one more is prepared. */
  let reading: Promise<void> | undefined;

  function prepare(again: Prepared<Answer>['again']): void {
    const next: Prepared<Answer> = { value: again(), again };
    next.value.then(
      () => {
        next.readyAtMs = nowMs();
      },
      () => {}, // reported in its turn
    );
    prepared.push(next);
  }

  async function read(): Promise<void> {
    try {
      const event = await events.next();
      isOver ||= event.done === true;
      prepare(() => (event.done === true ? Promise.resolve(undefined) : answer(event.value)));
    } catch (error) {
      isOver = true;
      prepare(() => Promise.reject(error));
    }
    reading = undefined;
    readAhead();
  }

  function readAhead(): void {
    if (reading !== undefined || isOver || prepared.length >= maxPrepared) return;
    reading = read();
  }

  /** Returns the next answer. Undefined: the stream ends. */
  async function next(): Promise<Answer | undefined> {
    readAhead();
    if (prepared.length === 0) await reading;
    const first = prepared.shift();
    readAhead();
    const isOld = nowMs() - (first?.readyAtMs ?? Number.POSITIVE_INFINITY) > maxAgeMs;
    const answered = await (isOld ? first?.again() : first?.value);
    return answered === null ? next() : answered;
  }

  return {
    next,
    stop() {
      isOver = true;
    },
  };
}
