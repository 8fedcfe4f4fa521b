const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

export interface AnswerEventsOptions<Answer> {
  readonly source: AsyncIterable<unknown>;
  /** Returns the answer to one event. Undefined ends the stream. */
  readonly answer: (event: unknown) => Promise<Answer | undefined>;
  /** Called when the stream has ended, from either side, with its error if any. */
  readonly onEnd: (error?: unknown) => void;
}

/**
 * Iterates over the answers to the events of a source, one after another.
 *
 * It is not a generator: when a client disconnects, the source must be released immediately, not after the next
 * event. An answer that rejects releases the source too.
 */
export function answerEvents<Answer>({
  source,
  answer,
  onEnd,
}: AnswerEventsOptions<Answer>): AsyncIterableIterator<Answer, undefined, undefined> {
  const events = source[Symbol.asyncIterator]();
  let isLeft = false;

  async function leave(error?: unknown): Promise<IteratorReturnResult<undefined>> {
    onEnd(error);
    await events.return?.();
    return done;
  }

  const answers: AsyncIterableIterator<Answer, undefined, undefined> = {
    async next() {
      try {
        const event = await events.next();
        const value = event.done === true ? undefined : await answer(event.value);
        // The client unsubscribed meanwhile: a late answer would reach the next operation with this id.
        if (isLeft) return done;
        return value === undefined ? await leave() : { done: false, value };
      } catch (error) {
        if (isLeft) return done;
        await leave(error);
        throw error;
      }
    },
    return() {
      isLeft = true;
      return leave();
    },
    [Symbol.asyncIterator]: () => answers,
  };
  return answers;
}
