import { setImmediate } from 'node:timers/promises';
import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';

export interface Subscription<Event> {
  /** The user, API client or address that the subscription belongs to. Owners get events in turn. */
  readonly owner: string;
  /** Undefined: all events. */
  readonly accepts: ((event: Event) => boolean) | undefined;
}

/** The maximum number of queued events of a slow subscriber. */
const maxQueuedEvents = 1_000;

/** The maximum number of events that arrive while a subscription is being opened. */
const maxEarlyEvents = 10_000;

/** The number of subscribers that get an event in one turn of the event loop: each starts work of its own. */
const subscribersPerTurn = 32;

interface EventOfBatch<Event> {
  readonly event: Event;
  /** The number of the event's batch. */
  readonly batch: number;
}

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: Subscription<Event>['accepts'];
  /** The subscriber gets the events of later batches. Undefined: not known yet. */
  startsAfter: number | undefined;
  /** The events that arrived before the start was known. */
  readonly early: EventOfBatch<Event>[];
}

/** Creates the set of subscribers, each with its own queue. */
export function createSubscribers<Event>() {
  const byOwner = new Map<string, Set<Subscriber<Event>>>();
  const all = () => [...byOwner.values()].flatMap((owned) => [...owned]);

  function remove(owner: string, subscriber: Subscriber<Event>): void {
    const owned = byOwner.get(owner);
    owned?.delete(subscriber);
    if (owned?.size === 0) byOwner.delete(owner);
  }

  return {
    /** Whether anyone needs events, subscriptions that are being opened included. */
    exist: () => byOwner.size > 0,
    openCount: () => all().filter(({ startsAfter }) => startsAfter !== undefined).length,
    /** Adds a subscriber. Call `startAfter` with the number of the batch after which it gets events. */
    add({ owner, accepts }: Subscription<Event>) {
      const queue = createEventQueue<Event>({
        limit: maxQueuedEvents,
        onEnd: () => remove(owner, subscriber),
      });
      const subscriber: Subscriber<Event> = { queue, accepts, startsAfter: undefined, early: [] };
      byOwner.set(owner, (byOwner.get(owner) ?? new Set()).add(subscriber));
      return {
        queue,
        startAfter(batch: number): void {
          subscriber.startsAfter = batch;
          for (const each of subscriber.early.splice(0)) offer(subscriber, each);
        },
      };
    },
    /**
     * Resolves when the event is in the queue of each subscriber. Owners take turns. Who subscribes meanwhile starts after
     * this event.
     */
    async publish(event: Event, batch: number): Promise<void> {
      let count = 0;
      for (const subscriber of inTurns([...byOwner.values()].map((owned) => [...owned]))) {
        offer(subscriber, { event, batch });
        count += 1;
        if (count % subscribersPerTurn === 0) await setImmediate();
      }
    },
    endAll(error?: Error): void {
      for (const { queue } of all()) queue.end(error);
    },
  };
}

/** Iterates over the first element of each list, then over the second ones, and so on. */
function* inTurns<Element>(lists: readonly (readonly Element[])[]): Generator<Element> {
  let left = lists;
  for (let index = 0; left.length > 0; index += 1) {
    left = left.filter(({ length }) => length > index);
    for (const list of left) {
      const element = list[index];
      if (element !== undefined) yield element;
    }
  }
}

function offer<Event>(subscriber: Subscriber<Event>, arrived: EventOfBatch<Event>): void {
  const { queue, accepts, startsAfter, early } = subscriber;
  if (startsAfter === undefined) {
    if (early.length < maxEarlyEvents) early.push(arrived);
    else queue.end(new EventsLostError());
    return;
  }
  if (arrived.batch <= startsAfter) return;
  try {
    if (accepts !== undefined && !accepts(arrived.event)) return;
  } catch (error) {
    queue.end(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (queue.isFull()) queue.end(new EventsLostError());
  else queue.push(arrived.event);
}
