import { setTimeout } from 'node:timers/promises';

/** How many ids may wait to be read, while the database does not answer. */
const maxUnreadIds = 10_000;
const maxIdsPerRead = 500;
const readAgainAfterMs = 250;
/** How long an id is known to have been told. More than twice the tolerance of a topic. */
const rememberedMs = 5 * 60_000;

export interface EventReaderOptions<Event> {
  /** The records with these ids; undefined when reading is over. Never rejects. */
  readonly read: (ids: readonly string[]) => Promise<readonly Event[] | undefined>;
  /** Whether anybody wants to know. */
  readonly isWanted: () => boolean;
  /** Told of each record, in the order of its id's arrival. Not of one that has gone again. */
  readonly onEvent: (event: Event) => void;
  /** Told when so many ids wait that those before are dropped. */
  readonly onOverflow: () => void;
}

/** Reads records by id, many at once, in the order of the ids' arrival. */
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
      // Whatever a listener throws: what comes next is read all the same.
      isReading = false;
    }
  }

  async function readUnread(): Promise<void> {
    while (unread.length > 0) {
      const ids = unread.splice(0, maxIdsPerRead);
      const events = options.isWanted() ? await options.read(ids) : [];
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

export interface UntilDoneOptions {
  readonly signal: AbortSignal;
  /** Told of each failure. It is tried again. */
  readonly onReadError: (error: unknown) => void;
}

/** Makes the function that tries something until it is done; undefined once `signal` is aborted. */
export function createUntilDone({ signal, onReadError }: UntilDoneOptions) {
  return async <Result>(read: () => Promise<Result>): Promise<Result | undefined> => {
    while (!signal.aborted) {
      try {
        return await read();
      } catch (error) {
        onReadError(error);
        await setTimeout(readAgainAfterMs, undefined, { ref: false });
      }
    }
    return undefined;
  };
}

/** Remembers for a while which ids have been told. */
export function createToldIds(now: () => Date) {
  const told = new Map<string, number>();
  let keepers = 0;

  function forgetOld(nowMs: number): void {
    for (const [id, atMs] of told) {
      if (atMs > nowMs - rememberedMs) return; // the others came later
      told.delete(id);
    }
  }

  return {
    /** Whether it is new. */
    add(id: string): boolean {
      if (told.has(id)) return false;
      const nowMs = now().getTime();
      if (keepers === 0) forgetOld(nowMs);
      told.set(id, nowMs);
      return true;
    },
    /** Forgets nothing until the function that it gives is called: after a gap all of it is needed. */
    keepAll(): () => void {
      keepers += 1;
      return () => {
        keepers -= 1;
      };
    },
  };
}
