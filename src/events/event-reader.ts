import { setTimeout } from 'node:timers/promises';

/** The maximum number of ids that wait to be read, after the database did not respond for a while. */
const maxUnreadIds = 100_000;
const maxIdsPerRead = 500;
const retryDelayMs = 250;

export interface EventReaderOptions<Event> {
  /** Returns the records with these ids, or undefined when the topic was stopped. Never rejects. */
  readonly read: (ids: readonly string[]) => Promise<readonly Event[] | undefined>;
  /** If false, ids are dropped without reading their records. */
  readonly hasSubscribers: () => boolean;
  /** Called with each record in the order in which the ids arrived, except records that were removed meanwhile. */
  readonly onEvent: (event: Event) => void;
  /** Called when too many ids are waiting. They are dropped. */
  readonly onOverflow: () => void;
}

/** Creates a reader of records by id. It reads them in batches, in the order in which the ids arrive. */
export function createEventReader<Event extends { readonly id: string }>(
  options: EventReaderOptions<Event>,
) {
  const unread: string[] = [];
  let isReading = false;

  async function readAll(): Promise<void> {
    isReading = true;
    try {
      await readUnread();
    } finally {
      // Also when a listener throws, so that the next ids are read.
      isReading = false;
    }
  }

  async function readUnread(): Promise<void> {
    while (unread.length > 0) {
      const ids = unread.splice(0, maxIdsPerRead);
      const events = options.hasSubscribers() ? await options.read(ids) : [];
      const byId = new Map(events?.map((event) => [event.id, event]));
      for (const id of ids) {
        const event = byId.get(id);
        if (event !== undefined) options.onEvent(event);
      }
    }
  }

  return {
    add(id: string): void {
      if (unread.length >= maxUnreadIds) {
        unread.length = 0;
        options.onOverflow();
      }
      unread.push(id);
      if (!isReading) void readAll();
    },
  };
}

export interface ReadRetryOptions {
  readonly signal: AbortSignal;
  /** Called for each failed read. Another attempt follows. */
  readonly onReadError: (error: unknown) => void;
}

/** Creates the function that retries a read until it succeeds. It returns undefined once `signal` is aborted. */
export function createRetry({ signal, onReadError }: ReadRetryOptions) {
  return async <Result>(read: () => Promise<Result>): Promise<Result | undefined> => {
    while (!signal.aborted) {
      try {
        return await read();
      } catch (error) {
        onReadError(error);
        await setTimeout(retryDelayMs, undefined, { ref: false });
      }
    }
    return undefined;
  };
}
