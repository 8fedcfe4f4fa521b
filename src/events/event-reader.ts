import { setTimeout } from 'node:timers/promises';

/** The maximum number of ids that wait to be read while the database does not respond. */
const maxUnreadIds = 10_000;
const maxIdsPerRead = 500;
const retryDelayMs = 250;
/** How long ids are remembered. More than twice the tolerance of a topic. */
const retentionMs = 5 * 60_000;

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

/** Creates a set of ids that were published, each of which expires after five minutes. */
export function createSeenIds(now: () => Date) {
  const seen = new Map<string, number>();
  let pauses = 0;

  function removeExpired(nowMs: number): void {
    for (const [id, atMs] of seen) {
      if (atMs > nowMs - retentionMs) return; // the others are newer
      seen.delete(id);
    }
  }

  return {
    /** Adds an id. Returns whether it is new. */
    add(id: string): boolean {
      if (seen.has(id)) return false;
      const nowMs = now().getTime();
      if (pauses === 0) removeExpired(nowMs);
      seen.set(id, nowMs);
      return true;
    },
    /** Stops expiry until the returned function is called: all ids are needed after a gap. */
    pauseExpiry(): () => void {
      pauses += 1;
      return () => {
        pauses -= 1;
      };
    },
  };
}
