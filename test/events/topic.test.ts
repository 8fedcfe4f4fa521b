import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventsLostError } from '../../src/errors.ts';
import { createTopic, type RunningTopic } from '../../src/events/topic.ts';

interface Event {
  readonly id: string;
}

const start = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

/** A table and its notifications, without a database. Ids are the seconds at which they were made. */
function aTable() {
  const ids = new Set<string>();
  const [reads, looks]: [string[][], Date[]] = [[], []];
  let failures = 0;
  let listener: Parameters<Parameters<typeof createTopic<Event>>[0]['listen']>[1] | undefined;
  return {
    reads,
    looks,
    /** Lets so many reads fail. */
    fail: (count: number) => {
      failures = count;
    },
    /** Writes a row that nobody is told of. */
    write: (...seconds: number[]) => {
      for (const each of seconds) ids.add(String(each));
    },
    remove: (second: number) => ids.delete(String(second)),
    tell: (...seconds: number[]) => {
      for (const each of seconds) listener?.onPayload(String(each));
    },
    gap: (since: number) => listener?.onGap(at(since)),
    options: {
      channel: 'rows',
      listen: async (channel: string, given: NonNullable<typeof listener>) => {
        expect(channel).toBe('rows');
        listener = given;
        return {
          since: at(0),
          stop: async () => {
            listener = undefined;
          },
        };
      },
      findByIds: async (wanted: readonly string[]) => {
        failures -= 1;
        if (failures >= 0) throw new Error('The database is down.');
        reads.push([...wanted]);
        return wanted.filter((id) => ids.has(id)).map((id) => ({ id }));
      },
      findIdsSince: async (since: Date, limit: number) => {
        looks.push(since);
        return [...ids].filter((id) => at(Number(id)) >= since).slice(0, limit);
      },
    },
  };
}

let table: ReturnType<typeof aTable>;
let topic: RunningTopic<Event>;
let errors: unknown[];
let nowMs: number;
beforeEach(async () => {
  table = aTable();
  errors = [];
  nowMs = start;
  topic = createTopic<Event>({
    ...table.options,
    now: () => new Date(nowMs),
    onReadError: (error) => void errors.push(error),
  });
});
afterEach(() => topic.stop());

/** Everything that a subscriber has been told so far, and how it ended. */
function follow(accepts?: (event: Event) => boolean) {
  const events = topic.subscribe(accepts);
  const seen: string[] = [];
  const ended = (async () => {
    try {
      for await (const { id } of events) seen.push(id);
      return 'ended';
    } catch (error) {
      return error;
    }
  })();
  return { seen, ended, events };
}

const happen = (...seconds: number[]) => {
  table.write(...seconds);
  table.tell(...seconds);
};

describe('a topic', () => {
  it('tells each record once, in the order of the notices, reading it once for all', async () => {
    await topic.start();
    const [one, other] = [follow(), follow(({ id }) => id === '2')];
    expect(topic.subscriberCount).toBe(2);
    happen(3, 1, 2);
    table.tell(1);
    await expect.poll(() => one.seen).toEqual(['3', '1', '2']);
    expect(other.seen).toEqual(['2']);
    expect(table.reads.flat()).toEqual(['3', '1', '2']);
  });

  it('tells each change of a record, and ends where changes may have been missed', async () => {
    const listener: { tell?: (payload: string) => void; gap?: () => void } = {};
    const changes = createTopic<Event>({
      channel: 'rows',
      listen: async (_channel, { onPayload, onGap }) => {
        listener.tell = onPayload;
        listener.gap = () => onGap(at(0));
        return { since: at(0), stop: async () => {} };
      },
      findByIds: async (ids) => ids.map((id) => ({ id })),
      findIdsSince: async () => undefined,
      now: () => new Date(nowMs),
      onReadError: (error) => void errors.push(error),
    });
    await changes.start();
    const seen: string[] = [];
    const ended = (async () => {
      for await (const { id } of changes.subscribe()) seen.push(id);
    })().catch((error: unknown) => error);
    for (const payload of ['1 700', '1 700', '2 701', '1 702']) listener.tell?.(payload);
    await expect.poll(() => seen).toEqual(['1', '2', '1']);
    listener.gap?.();
    expect(await ended).toBeInstanceOf(EventsLostError);
    await changes.stop();
  });

  it('reads nothing when nobody listens, and leaves out what has gone again', async () => {
    await topic.start();
    happen(1);
    await expect.poll(() => table.reads).toEqual([]);
    const { seen } = follow();
    table.tell(2);
    happen(3);
    await expect.poll(() => seen).toEqual(['3']);
  });

  it('forgets a subscriber who leaves, also one who waits', async () => {
    await topic.start();
    const { events, ended } = follow();
    await events.return?.();
    expect([topic.subscriberCount, await ended]).toEqual([0, 'ended']);
  });

  it('ends its subscriptions when it stops, and begins none afterwards', async () => {
    await topic.start();
    const before = follow();
    await topic.stop();
    expect([await before.ended, await follow().ended]).toEqual(['ended', 'ended']);
    expect(topic.subscriberCount).toBe(0);
  });

  it('reads again when the database did not answer', async () => {
    await topic.start();
    const { seen } = follow();
    table.fail(2);
    happen(1, 2);
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['1', '2']);
    expect(errors).toHaveLength(2);
  });
});

describe('after a gap', () => {
  it('what was missed is told, and what was told is not told again', async () => {
    await topic.start();
    const { seen } = follow();
    happen(100);
    table.write(99, 101, 102);
    table.gap(101);
    happen(103);
    await expect.poll(() => [...seen].sort()).toEqual(['100', '101', '102', '103', '99']);
    expect(table.looks.at(-1)).toEqual(at(41));
  });

  it('what was made by a clock that is ahead is told as well', async () => {
    await topic.start();
    const { seen } = follow();
    table.write(100_000);
    table.gap(101);
    await expect.poll(() => seen).toEqual(['100000']);
  });

  it('what was there before the start is not told', async () => {
    table.write(-30, -1);
    await topic.start();
    const { seen } = follow();
    table.write(2);
    table.gap(1);
    await expect.poll(() => seen).toEqual(['2']);
  });

  it('what was told just before a long one is still known', async () => {
    await topic.start();
    const { seen } = follow();
    happen(100);
    await expect.poll(() => seen).toEqual(['100']);
    nowMs += 3_600_000;
    table.write(3_700);
    table.gap(101);
    await expect.poll(() => seen).toEqual(['100', '3700']);
  });

  it('of too many records to look up, subscribers are told that events were lost', async () => {
    await topic.start();
    const { ended, seen } = follow();
    table.write(...Array.from({ length: 50_000 }, (_, second) => 200 + second / 1000));
    table.gap(150);
    expect(await ended).toBeInstanceOf(EventsLostError);
    expect(seen).toEqual([]);
  });
});

describe('a subscriber who is slow', () => {
  it('may let a thousand events wait; then it is told so, and the others go on', async () => {
    await topic.start();
    const slow = topic.subscribe();
    const quick = follow();
    const seconds = Array.from({ length: 1_001 }, (_, index) => index + 1);
    happen(...seconds);
    await expect.poll(() => quick.seen.length).toBe(1_001);
    expect(topic.subscriberCount).toBe(1);
    await expect(slow.next()).rejects.toBeInstanceOf(EventsLostError);
    expect(await slow.next()).toEqual({ done: true, value: undefined });
  });

  it('is told so when the database stays away for too many', async () => {
    await topic.start();
    const { ended } = follow();
    table.fail(Number.POSITIVE_INFINITY);
    table.tell(...Array.from({ length: 11_000 }, (_, index) => index + 1));
    expect(await ended).toBeInstanceOf(EventsLostError);
  });
});
