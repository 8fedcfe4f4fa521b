/** The events that one subscriber has not read yet. */
export interface EventQueue<Event> extends AsyncIterableIterator<Event, undefined, unknown> {
  isFull(): boolean;
  push(event: Event): void;
  /** Ends the queue and drops its events. The next read, and only that one, rejects with `error`. */
  end(error?: Error): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

export interface EventQueueOptions {
  /** The maximum number of queued events. */
  readonly limit: number;
  /** Called once when the queue has ended, by `end` or by the subscriber. */
  readonly onEnd: () => void;
}

interface PendingRead<Event> {
  readonly resolve: (result: IteratorResult<Event, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Creates a queue for one subscriber. It is not a generator, because `return` of a generator that waits for an event
 * waits for that event too.
 */
export function createEventQueue<Event>({ limit, onEnd }: EventQueueOptions): EventQueue<Event> {
  const events: Event[] = [];
  const reads: PendingRead<Event>[] = [];
  let isOver = false;
  let failure: Error | undefined;

  const queue: EventQueue<Event> = {
    isFull: () => events.length >= limit,
    push(event) {
      if (isOver) return;
      const read = reads.shift();
      if (read === undefined) events.push(event);
      else read.resolve({ done: false, value: event });
    },
    end(error) {
      if (isOver) return;
      isOver = true;
      events.length = 0;
      const [first, ...others] = reads.splice(0);
      if (first === undefined) failure = error;
      else if (error === undefined) first.resolve(done);
      else first.reject(error);
      for (const read of others) read.resolve(done);
      onEnd();
    },
    next: () =>
      new Promise((resolve, reject) => {
        const event = events.shift();
        const error = failure;
        failure = undefined;
        if (event !== undefined) resolve({ done: false, value: event });
        else if (error !== undefined) reject(error);
        else if (isOver) resolve(done);
        else reads.push({ resolve, reject });
      }),
    async return() {
      queue.end();
      failure = undefined;
      return done;
    },
    [Symbol.asyncIterator]: () => queue,
  };
  return queue;
}
