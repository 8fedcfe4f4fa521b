import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';

/** The maximum number of queued events of a slow subscriber. */
const maxQueuedEvents = 1_000;

/** The maximum number of events that arrive while a subscription is being opened. */
const maxEarlyEvents = 10_000;

interface EventOfBatch<Event> {
  readonly event: Event;
  /** The number of the event's batch. */
  readonly batch: number;
}

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: (event: Event) => boolean;
  /** The subscriber gets the events of later batches. Undefined: not known yet. */
  startsAfter: number | undefined;
  /** The events that arrived before the start was known. */
  readonly early: EventOfBatch<Event>[];
}

/** Creates the set of subscribers, each with its own queue. */
export function createSubscribers<Event>() {
  const subscribers = new Set<Subscriber<Event>>();

  return {
    /** Whether anyone needs events, subscriptions that are being opened included. */
    exist: () => subscribers.size > 0,
    openCount: () => [...subscribers].filter(({ startsAfter }) => startsAfter !== undefined).length,
    /** Adds a subscriber. Call `startAfter` with the number of the batch after which it gets events. */
    add(accepts: Subscriber<Event>['accepts']) {
      const queue = createEventQueue<Event>({
        limit: maxQueuedEvents,
        onEnd: () => subscribers.delete(subscriber),
      });
      const subscriber: Subscriber<Event> = { queue, accepts, startsAfter: undefined, early: [] };
      subscribers.add(subscriber);
      return {
        queue,
        startAfter(batch: number): void {
          subscriber.startsAfter = batch;
          for (const each of subscriber.early.splice(0)) offer(subscriber, each);
        },
      };
    },
    publish(event: Event, batch: number): void {
      for (const subscriber of subscribers) offer(subscriber, { event, batch });
    },
    endAll(error?: Error): void {
      for (const { queue } of subscribers) queue.end(error);
    },
  };
}

function offer<Event>(subscriber: Subscriber<Event>, given: EventOfBatch<Event>): void {
  const { queue, accepts, startsAfter, early } = subscriber;
  if (startsAfter === undefined) {
    if (early.length < maxEarlyEvents) early.push(given);
    else queue.end(new EventsLostError());
    return;
  }
  if (given.batch <= startsAfter) return;
  try {
    if (!accepts(given.event)) return;
  } catch (error) {
    queue.end(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (queue.isFull) queue.end(new EventsLostError());
  else queue.push(given.event);
}
