const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

export interface AnswerEventsOptions<Answer> {
  readonly source: AsyncIterable<unknown>;
  /** The answer to one event; undefined to end it. */
  readonly answer: (event: unknown) => Promise<Answer | undefined>;
  /** Told when it has ended, from either end, and of the error that ended it. */
  readonly onEnd: (error?: unknown) => void;
}

/**
 * The answers to the events of a source, one after the other.
 *
 * Written out, and no generator: when a client goes, the source must be let go at once, and not after the
 * next event. An answer that rejects lets the source go as well.
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
        // An answer that was under way when the client left would reach the next operation of this id.
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
