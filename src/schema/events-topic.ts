import { setTimeout } from 'node:timers/promises';
import { EventsLostError } from '../errors.ts';
import { createEventQueue, type EventQueue } from './events-queue.ts';

/** A time in which notifications may have been missed, by the database's clock. */
export interface Gap {
  readonly since: Date;
  readonly until: Date;
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
  /** The ids, UUIDs of version 7, that were made in this time; `limit` of them at most. */
  readonly findIdsBetween: (time: Gap, limit: number) => Promise<readonly string[]>;
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
  /** Resolves once the database is heard. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
}

/** How many events a slow subscriber may let wait. */
const maxWaitingEvents = 1_000;
/** How many ids may wait to be read, while the database does not answer. */
const maxUnreadIds = 10_000;
const maxIdsPerRead = 500;
/** How many ids are looked up after a gap. More were made in it: then its events count as lost. */
const maxIdsOfGap = 50_000;
const readAgainAfterMs = 250;

/**
 * How much earlier than its commit an id may have been made, and how far the clocks of nodes may lie
 * apart, in all. Transactions of this server last 10 seconds at most.
 */
const toleranceMs = 60_000;
/** How long an id is known to have been told. More than twice the tolerance. */
const rememberedMs = 5 * 60_000;

interface Subscriber<Event> {
  readonly queue: EventQueue<Event>;
  readonly accepts: (event: Event) => boolean;
}

/**
 * Makes a topic of what is told on a channel.
 *
 * Notifications tell ids, in the order of the commits; each record is read once, for all subscribers. After a
 * gap the ids that were made in that time are looked up, with some tolerance at both ends, and those
 * that were told already are left out.
 */
export function createTopic<Event extends { readonly id: string }>(
  options: TopicOptions<Event>,
): RunningTopic<Event> {
  const subscribers = new Set<Subscriber<Event>>();
  const told = createToldIds(options.now);
  const stopping = new AbortController();
  const unread: string[] = [];
  let isReading = false;
  let listening: Awaited<ReturnType<Listen>> | undefined;

  const endAll = (error?: Error) => {
    for (const { queue } of subscribers) queue.end(error);
  };

  function add(id: string): void {
    if (!told.add(id)) return;
    if (unread.length >= maxUnreadIds) {
      unread.length = 0;
      endAll(new EventsLostError());
    }
    unread.push(id);
    if (!isReading) void readAll();
  }

  async function readAll(): Promise<void> {
    isReading = true;
    while (unread.length > 0 && !stopping.signal.aborted) {
      const ids = unread.splice(0, maxIdsPerRead);
      if (subscribers.size === 0) continue;
      const events = (await untilDone(() => options.findByIds(ids))) ?? [];
      const byId = new Map(events.map((event) => [event.id, event]));
      for (const id of ids) give(byId.get(id));
    }
    isReading = false;
  }

  /** Undefined: it was gone again before it could be read. */
  function give(event: Event | undefined): void {
    if (event === undefined) return;
    for (const { accepts, queue } of subscribers) {
      if (!accepts(event)) continue;
      if (queue.isFull) queue.end(new EventsLostError());
      else queue.push(event);
    }
  }

  /** Undefined when the topic has been stopped. */
  async function untilDone<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
    while (!stopping.signal.aborted) {
      try {
        return await read();
      } catch (error) {
        options.onReadError(error);
        await setTimeout(readAgainAfterMs, undefined, { ref: false });
      }
    }
    return undefined;
  }

  const made = ({ since, until }: Gap) =>
    untilDone(() =>
      options.findIdsBetween(
        {
          since: new Date(since.getTime() - toleranceMs),
          until: new Date(until.getTime() + toleranceMs),
        },
        maxIdsOfGap,
      ),
    );

  async function catchUp(gap: Gap): Promise<void> {
    const keep = told.keepAll();
    const ids = (await made(gap)) ?? [];
    if (ids.length >= maxIdsOfGap) endAll(new EventsLostError());
    for (const id of ids) add(id);
    keep.release();
  }

  return {
    get subscriberCount() {
      return subscribers.size;
    },
    subscribe(accepts = () => true) {
      const queue = createEventQueue<Event>({
        limit: maxWaitingEvents,
        onEnd: () => subscribers.delete(subscriber),
      });
      const subscriber = { queue, accepts };
      if (stopping.signal.aborted) queue.end();
      else subscribers.add(subscriber);
      return queue;
    },
    async start() {
      const { channel, listen } = options;
      listening = await listen(channel, { onPayload: add, onGap: (gap) => void catchUp(gap) });
      // What was there before is not told after the first gap.
      const { since } = listening;
      for (const id of (await made({ since, until: since })) ?? []) told.add(id);
    },
    async stop() {
      stopping.abort();
      endAll();
      await listening?.stop();
    },
  };
}

/** Remembers for a while which ids have been told. */
function createToldIds(now: () => Date) {
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
    /** Forgets nothing until it is released: after a long gap, what was told before it is still needed. */
    keepAll() {
      keepers += 1;
      return {
        release: () => {
          keepers -= 1;
        },
      };
    },
  };
}
