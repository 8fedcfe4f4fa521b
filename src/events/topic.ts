import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { createEventReader, createToldIds, createUntilDone } from './event-reader.ts';

/** A time, now over, in which notifications may have been missed: when it began, by the database's clock. */
export interface Gap {
  readonly since: Date;
}

/** Hears what is said on a channel of the database; see `Notifications` there. */
export type Listen = (
  channel: string,
  listener: {
    readonly onPayload: (payload: string) => void;
    readonly onGap: (gap: Gap) => void;
  },
) => Promise<{ readonly since: Date; stop(): Promise<void> }>;

export interface TopicOptions<Event extends { readonly id: string }> {
  /** Where the ids of new records are told. */
  readonly channel: string;
  readonly listen: Listen;
  readonly findByIds: (ids: readonly string[]) => Promise<readonly Event[]>;
  /**
   * The ids, UUIDs of version 7, that were made since then; `limit` of them at most. Undefined when events are
   * changes of records, which cannot be looked up.
   */
  readonly findIdsSince: (since: Date, limit: number) => Promise<readonly string[] | undefined>;
  /** The clock of the process. */
  readonly now: () => Date;
  /** Told when records could not be read. They are read again. */
  readonly onReadError: (error: unknown) => void;
}

/** New records of one kind, for as many subscribers as there are. */
export interface Topic<Event> {
  readonly subscriberCount: number;
  /**
   * All that is committed from now on and accepted, once, in the order of the commits; around a time in
   * which the database was not heard, in the order of the ids.
   *
   * It rejects with {@link EventsLostError} when a subscriber has let too many wait. Then and whenever
   * the database stays away there is an end or a wait, and never a silent gap.
   */
  subscribe(accepts?: (event: Event) => boolean): AsyncIterableIterator<Event>;
}

/** A topic and its connection to the database. */
export interface RunningTopic<Event> extends Topic<Event> {
  /** Resolves once the database is heard. To be called again when it was not. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
}

/** How many events a slow subscriber may let wait. */
const maxWaitingEvents = 1_000;
/** How many ids are looked up after a gap. More were made in it: then its events count as lost. */
const maxIdsOfGap = 50_000;

/**
 * How much earlier than its commit an id may have been made, and how far the clock of its node may lie
 * behind, in all. Transactions of this server last 10 seconds at most.
 */
const toleranceMs = 60_000;

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: (event: Event) => boolean;
}

/**
 * Makes a topic of what is told on a channel.
 *
 * Notifications tell ids, in the order of the commits; each record is read once, for all subscribers.
 * After a gap the ids that were made since it began are looked up, with some tolerance, and those that
 * were told already are left out.
 */
export function createTopic<Event extends { readonly id: string }>(
  options: TopicOptions<Event>,
): RunningTopic<Event> {
  const subscribers = createSubscribers<Event>();
  const told = createToldIds(options.now);
  const stopping = new AbortController();
  const untilDone = createUntilDone({ ...options, signal: stopping.signal });
  const reader = createEventReader({
    read: (ids) => untilDone(() => options.findByIds(ids)),
    isWanted: () => subscribers.count() > 0,
    onEvent: subscribers.give,
    onOverflow: () => subscribers.endAll(new EventsLostError()),
  });
  let listening: Awaited<ReturnType<Listen>> | undefined;

  /** `id`, or `id transaction` for a change of a record: each of its changes is an event. */
  function add(payload: string): void {
    const [id = payload] = payload.split(' ');
    if (told.add(payload)) reader.add(id);
  }

  // Without an end: who makes ids may be ahead of the database's clock, and stays so when set back.
  const lookUp = (since: Date): Promise<readonly string[] | undefined> => {
    const from = new Date(since.getTime() - toleranceMs);
    return untilDone(() => options.findIdsSince(from, maxIdsOfGap));
  };

  async function catchUp({ since }: Gap): Promise<void> {
    const release = told.keepAll();
    const ids = await lookUp(since);
    if (ids === undefined || ids.length >= maxIdsOfGap) subscribers.endAll(new EventsLostError());
    for (const id of ids ?? []) add(id);
    release();
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
      listening ??= await listen(channel, { onPayload: add, onGap: (gap) => void catchUp(gap) });
      // What was there before is not told after the first gap.
      for (const id of (await lookUp(listening.since)) ?? []) told.add(id);
    },
    async stop() {
      stopping.abort();
      subscribers.endAll();
      await listening?.stop();
    },
  };
}

/** Everyone who is told of events, each with a queue of its own. */
function createSubscribers<Event>() {
  const subscribers = new Set<Subscriber<Event>>();
  return {
    count: () => subscribers.size,
    add(accepts: Subscriber<Event>['accepts']): EventQueue<Event> {
      const queue = createEventQueue<Event>({
        limit: maxWaitingEvents,
        onEnd: () => subscribers.delete(subscriber),
      });
      const subscriber = { queue, accepts };
      subscribers.add(subscriber);
      return queue;
    },
    give(event: Event): void {
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
