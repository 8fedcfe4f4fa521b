import { EventsLostError } from '../errors.ts';
import { createEventReader, createRetry } from './event-reader.ts';
import { createSubscribers, type Subscription } from './subscribers.ts';

/** Listens to a topic; see `Notifications` in `database/`. */
export type Listen = (
  topic: string,
  listener: {
    readonly onPayload: (payload: string, batch: number) => void;
    /** Called when payloads were lost. */
    readonly onLost: () => void;
  },
) => Promise<{
  /** Returns the number of the newest batch, which has or follows everything that was committed before. */
  position(): Promise<number>;
  stop(): Promise<void>;
}>;

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
  subscriberCount(): number;
  /**
   * Iterates over the records that `accepts` returns true for: none that was committed before the call, and all that are
   * committed once the promise has resolved. Each is returned once. A record of a transaction that began after another
   * one was committed comes later.
   *
   * The iterator rejects with {@link EventsLostError} when events were lost, for example because too many are queued
   * for a slow subscriber. Events are never skipped silently. It rejects with the error of `accepts`.
   *
   * @throws the database's error.
   */
  subscribe(subscription: Subscription<Event>): Promise<AsyncIterableIterator<Event>>;
}

/** A topic and its connection to the database. */
export interface RunningTopic<Event> extends Topic<Event> {
  /** Resolves once the topic listens. Call it again if it rejects. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
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
    hasSubscribers: subscribers.exist,
    onEvent: subscribers.publish,
    onOverflow: endAllAsLost,
  });
  let listening: ReturnType<Listen> | undefined;

  function listen(): ReturnType<Listen> {
    listening ??= options
      .listen(options.name, {
        // `id`, or `id transaction` for an update: each update of a record is one event.
        onPayload: (payload, batch) => reader.add(payload.split(' ', 1)[0] ?? payload, batch),
        onLost: endAllAsLost,
      })
      .catch((error) => {
        listening = undefined;
        throw error;
      });
    return listening;
  }

  return {
    subscriberCount: subscribers.openCount,
    async subscribe(subscription) {
      const { queue, startAfter } = subscribers.add(subscription);
      try {
        if (stopping.signal.aborted) return queue;
        const { position } = await listen();
        startAfter(await position());
        return queue;
      } catch (error) {
        queue.end();
        throw error;
      } finally {
        if (stopping.signal.aborted) queue.end();
      }
    },
    start: async () => void (await listen()),
    async stop() {
      stopping.abort();
      subscribers.endAll();
      await (await listening?.catch(() => undefined))?.stop();
    },
  };
}
