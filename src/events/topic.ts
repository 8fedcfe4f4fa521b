import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { createEventReader, createRetry } from './event-reader.ts';

/** Listens to a topic; see `Notifications` in `database/`. */
export type Listen = (
  topic: string,
  listener: {
    readonly onPayload: (payload: string) => void;
    /** Called when payloads were lost. */
    readonly onLost: () => void;
  },
) => Promise<{ stop(): Promise<void> }>;

export interface TopicOptions<Event extends { readonly id: string }> {
  /** The name under which triggers send the ids of records. */
  readonly name: string;
  readonly listen: Listen;
  readonly findByIds: (ids: readonly string[]) => Promise<readonly Event[]>;
  /** Called when records could not be read. Another attempt follows. */
  readonly onReadError: (error: unknown) => void;
}

/** A stream of new records of one kind, for any number of subscribers. */
interface Topic<Event> {
  readonly subscriberCount: number;
  /**
   * Iterates over the records that are committed from now on and that `accepts` returns true for. Each is returned
   * once. A record of a transaction that began after another one was committed comes later.
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

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: (event: Event) => boolean;
}

/** Creates a topic. Each record is read once for all subscribers. */
export function createTopic<Event extends { readonly id: string }>(
  options: TopicOptions<Event>,
): RunningTopic<Event> {
  const subscribers = createSubscribers<Event>();
  const stopping = new AbortController();
  const retry = createRetry({ ...options, signal: stopping.signal });
  const endAllAsLost = () => subscribers.endAll(new EventsLostError());
  const reader = createEventReader({
    read: (ids) => retry(() => options.findByIds(ids)),
    hasSubscribers: () => subscribers.count() > 0,
    onEvent: subscribers.publish,
    onOverflow: endAllAsLost,
  });
  let listening: Awaited<ReturnType<Listen>> | undefined;

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
      listening ??= await options.listen(options.name, {
        // `id`, or `id transaction` for an update: each update of a record is one event.
        onPayload: (payload) => reader.add(payload.split(' ', 1)[0] ?? payload),
        onLost: endAllAsLost,
      });
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
