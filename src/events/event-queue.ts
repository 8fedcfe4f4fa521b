/** What one subscriber has not taken yet: given in at one end, and taken out at the other. */
export interface EventQueue<Event> extends AsyncIterableIterator<Event, undefined, unknown> {
  readonly isFull: boolean;
  push(event: Event): void;
  /** Ends it. What waits is dropped; with an error, whoever takes next is told of it, once. */
  end(error?: Error): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

export interface EventQueueOptions {
  /** How many events wait at most. */
  readonly limit: number;
  /** Told once when it has ended, from either end. */
  readonly onEnd: () => void;
}

interface Taker<Event> {
  readonly resolve: (result: IteratorResult<Event, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Makes a queue for one subscriber. Written out, and no generator: the return of a generator that waits
 * for its next event would itself wait for that event.
 */
export function createEventQueue<Event>({ limit, onEnd }: EventQueueOptions): EventQueue<Event> {
  const waiting: Event[] = [];
  const takers: Taker<Event>[] = [];
  let isOver = false;
  let failure: Error | undefined;

  const queue: EventQueue<Event> = {
    get isFull() {
      return waiting.length >= limit;
    },
    push(event) {
      if (isOver) return;
      const taker = takers.shift();
      if (taker === undefined) waiting.push(event);
      else taker.resolve({ done: false, value: event });
    },
    end(error) {
      if (isOver) return;
      isOver = true;
      waiting.length = 0;
      const [first, ...others] = takers.splice(0);
      if (first === undefined) failure = error;
      else if (error === undefined) first.resolve(done);
      else first.reject(error);
      for (const taker of others) taker.resolve(done);
      onEnd();
    },
    next: () =>
      new Promise((resolve, reject) => {
        const event = waiting.shift();
        const error = failure;
        failure = undefined;
        if (event !== undefined) resolve({ done: false, value: event });
        else if (error !== undefined) reject(error);
        else if (isOver) resolve(done);
        else takers.push({ resolve, reject });
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
