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
  /**
   * Called with each record and the number of its batch in the order in which the ids arrived, except records that were
   * removed meanwhile, once the promise of the record before it has resolved. Must not reject.
   */
  readonly onEvent: (event: Event, batch: number) => Promise<void>;
  /** Called when too many ids are waiting. They are dropped. */
  readonly onOverflow: () => void;
}

/** Creates a reader of records by id. It reads them in batches, in the order in which the ids arrive. */
export function createEventReader<Event extends { readonly id: string }>(
  options: EventReaderOptions<Event>,
) {
  const unread: { readonly id: string; readonly batch: number }[] = [];
  let isReading = false;

  async function readUnread(): Promise<void> {
    isReading = true;
    while (unread.length > 0) {
      const next = unread.splice(0, maxIdsPerRead);
      if (!options.hasSubscribers()) continue;
      const events = await options.read(next.map(({ id }) => id));
      const byId = new Map(events?.map((event) => [event.id, event]));
      for (const { id, batch } of next) {
        const event = byId.get(id);
        if (event !== undefined) await options.onEvent(event, batch);
      }
    }
    // Nothing is awaited since the last check: an id that arrived in between would stay unread until the next one.
    isReading = false;
  }

  return {
    add(id: string, batch: number): void {
      if (unread.length >= maxUnreadIds) {
        unread.length = 0;
        options.onOverflow();
      }
      unread.push({ id, batch });
      if (!isReading) void readUnread();
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
