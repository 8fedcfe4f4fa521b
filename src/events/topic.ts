import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { createEventReader, createRetry, createSeenIds } from './event-reader.ts';

/** Listens to a channel of the database; see `Notifications` in `database/`. */
export type Listen = (
  channel: string,
  listener: {
    readonly onPayload: (payload: string) => void;
    /** Called when notifications since then, by the database's clock, may have been missed. */
    readonly onGap: (since: Date) => void;
  },
) => Promise<{ readonly since: Date; stop(): Promise<void> }>;

export interface TopicOptions<Event extends { readonly id: string }> {
  /** The channel on which triggers send the ids of new records. */
  readonly channel: string;
  readonly listen: Listen;
  readonly findByIds: (ids: readonly string[]) => Promise<readonly Event[]>;
  /**
   * Returns the ids (UUIDs of version 7) that were created since a time, at most `limit`. Undefined for events about
   * updates of records, which cannot be looked up.
   */
  readonly findIdsSince: (since: Date, limit: number) => Promise<readonly string[] | undefined>;
  /** The clock of the process. */
  readonly now: () => Date;
  /** Called when records could not be read. Another attempt follows. */
  readonly onReadError: (error: unknown) => void;
}

/** A stream of new records of one kind, for any number of subscribers. */
interface Topic<Event> {
  readonly subscriberCount: number;
  /**
   * Iterates over the records that are committed from now on and that `accepts` returns true for. Each is returned
   * once, in the order of the commits, or of the ids after the connection to the database was lost.
   *
   * The iterator rejects with {@link EventsLostError} when events were lost, for example because too many are queued
   * for a slow subscriber. Events are never skipped silently.
   */
  subscribe(accepts?: (event: Event) => boolean): AsyncIterableIterator<Event>;
}

/** A topic and its connection to the database. */
export interface RunningTopic<Event> extends Topic<Event> {
  /** Resolves once the topic listens. Call it again if it rejects. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
}

/** The maximum number of queued events of a slow subscriber. */
const maxQueuedEvents = 1_000;
/** The maximum number of ids that are looked up after a gap. If there are more, events count as lost. */
const maxIdsOfGap = 50_000;

/**
 * The maximum difference between the time in an id and its commit: the duration of the transaction, which is at most
 * 10 seconds in this server, and the lag of its node's clock.
 */
const toleranceMs = 60_000;

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: (event: Event) => boolean;
}

/**
 * Creates the topic of a channel.
 *
 * Notifications contain ids, in the order of the commits. Each record is read once for all subscribers. After a gap,
 * the ids that were created since its start, with a tolerance, are looked up, and those already published are skipped.
 */
export function createTopic<Event extends { readonly id: string }>(
  options: TopicOptions<Event>,
): RunningTopic<Event> {
  const subscribers = createSubscribers<Event>();
  const seen = createSeenIds(options.now);
  const stopping = new AbortController();
  const retry = createRetry({ ...options, signal: stopping.signal });
  const reader = createEventReader({
    read: (ids) => retry(() => options.findByIds(ids)),
    hasSubscribers: () => subscribers.count() > 0,
    onEvent: subscribers.publish,
    onOverflow: () => subscribers.endAll(new EventsLostError()),
  });
  let listening: Awaited<ReturnType<Listen>> | undefined;

  /** `payload` is `id`, or `id transaction` for an update: each update of a record is one event. */
  function add(payload: string): void {
    const [id = payload] = payload.split(' ');
    if (seen.add(payload)) reader.add(id);
  }

  // Without an upper bound: the clock of the node that creates ids may be ahead of the database's clock.
  const findIds = (since: Date): Promise<readonly string[] | undefined> => {
    const from = new Date(since.getTime() - toleranceMs);
    return retry(() => options.findIdsSince(from, maxIdsOfGap));
  };

  async function catchUp(since: Date): Promise<void> {
    const resumeExpiry = seen.pauseExpiry();
    const ids = await findIds(since);
    if (ids === undefined || ids.length >= maxIdsOfGap) subscribers.endAll(new EventsLostError());
    for (const id of ids ?? []) add(id);
    resumeExpiry();
  }

  return {
    get subscriberCount() {
      return subscribers.count();
    },
    subscribe(accepts = () => true) {
      const queue = subscribers.add(accepts);
      if (stopping.signal.aborted) queue.end();
      return queue;
    },
    async start() {
      const { channel, listen } = options;
      listening ??= await listen(channel, {
        onPayload: add,
        onGap: (since) => void catchUp(since),
      });
      // Earlier records must not be published after the first gap.
      for (const id of (await findIds(listening.since)) ?? []) seen.add(id);
    },
    async stop() {
      stopping.abort();
      subscribers.endAll();
      await listening?.stop();
    },
  };
}

/** Creates the set of subscribers, each with its own queue. */
function createSubscribers<Event>() {
  const subscribers = new Set<Subscriber<Event>>();
  return {
    count: () => subscribers.size,
    add(accepts: Subscriber<Event>['accepts']): EventQueue<Event> {
      const queue = createEventQueue<Event>({
        limit: maxQueuedEvents,
        onEnd: () => subscribers.delete(subscriber),
      });
      const subscriber = { queue, accepts };
      subscribers.add(subscriber);
      return queue;
    },
    publish(event: Event): void {
      for (const { accepts, queue } of subscribers) {
        if (!accepts(event)) continue;
        if (queue.isFull) queue.end(new EventsLostError());
        else queue.push(event);
      }
    },
    endAll(error?: Error): void {
      for (const { queue } of subscribers) queue.end(error);
    },
  };
}
