import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventsLostError } from '../../src/errors.ts';
import { createTopic, type RunningTopic } from '../../src/events/topic.ts';

interface Event {
  readonly id: string;
}

/** A table and its notifications, without a database. */
function aTable() {
  const ids = new Set<string>();
  const reads: string[][] = [];
  let failures = 0;
  let batch = 0;
  let held = Promise.resolve();
  let onPosition = () => {};
  let listener: Parameters<Parameters<typeof createTopic<Event>>[0]['listen']>[1] | undefined;
  return {
    reads,
    /** Lets so many reads fail. */
    fail: (count: number) => {
      failures = count;
    },
    /** Writes a row without a notice. */
    write: (...written: number[]) => {
      for (const each of written) ids.add(String(each));
    },
    /** Sends notices, which are one batch. */
    tell: (...payloads: (number | string)[]) => {
      batch += 1;
      for (const each of payloads) listener?.onPayload(String(each), batch);
    },
    /** Positions are answered when `answer` is called. `asked` resolves when one was asked for. */
    holdPositions() {
      let answer = () => {};
      held = new Promise((resolve) => {
        answer = resolve;
      });
      const asked = new Promise<void>((resolve) => {
        onPosition = resolve;
      });
      return { asked, answer: () => answer() };
    },
    lose: () => listener?.onLost(),
    options: {
      name: 'rows',
      listen: async (name: string, given: NonNullable<typeof listener>) => {
        expect(name).toBe('rows');
        listener = given;
        return {
          async position() {
            const newest = batch;
            onPosition();
            await held;
            return newest;
          },
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
    },
  };
}

let table: ReturnType<typeof aTable>;
let topic: RunningTopic<Event>;
let errors: unknown[];
beforeEach(async () => {
  table = aTable();
  errors = [];
  topic = createTopic<Event>({
    ...table.options,
    onReadError: (error) => void errors.push(error),
  });
});
afterEach(() => topic.stop());

/** All events that a subscriber has received so far, and how it ended. */
async function follow(accepts?: (event: Event) => boolean, owner = 'user:1') {
  const events = await topic.subscribe({ owner, accepts });
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

const happen = (...ids: number[]) => {
  table.write(...ids);
  table.tell(...ids);
};

describe('a topic', () => {
  it('delivers each record once, in the order of the notices, and reads it once for all', async () => {
    await topic.start();
    const [one, other] = [await follow(), await follow(({ id }) => id === '2')];
    expect(topic.subscriberCount()).toBe(2);
    happen(3, 1, 2);
    await expect.poll(() => one.seen).toEqual(['3', '1', '2']);
    expect(other.seen).toEqual(['2']);
    expect(table.reads.flat()).toEqual(['3', '1', '2']);
  });

  it('delivers each change of a record', async () => {
    await topic.start();
    const { seen } = await follow();
    table.write(1, 2);
    table.tell('1 700', '2 701', '1 702');
    await expect.poll(() => seen).toEqual(['1', '2', '1']);
  });

  it('ends its subscriptions with an error when notices were lost, and begins others', async () => {
    await topic.start();
    const { ended } = await follow();
    table.lose();
    expect(await ended).toBeInstanceOf(EventsLostError);
    const { seen } = await follow();
    happen(1);
    await expect.poll(() => seen).toEqual(['1']);
  });

  it('reads nothing without listeners, and leaves out rows that were deleted', async () => {
    await topic.start();
    happen(1);
    await expect.poll(() => table.reads).toEqual([]);
    const { seen } = await follow();
    table.tell(2);
    happen(3);
    await expect.poll(() => seen).toEqual(['3']);
  });

  it('forgets a subscriber who leaves, also one who waits', async () => {
    await topic.start();
    const { events, ended } = await follow();
    await events.return?.();
    expect([topic.subscriberCount(), await ended]).toEqual([0, 'ended']);
  });

  it('ends its subscriptions when it stops, and begins none afterwards', async () => {
    await topic.start();
    const before = await follow();
    await topic.stop();
    expect([await before.ended, await (await follow()).ended]).toEqual(['ended', 'ended']);
    expect(topic.subscriberCount()).toBe(0);
  });

  it('reads again when the database did not answer', async () => {
    await topic.start();
    const { seen } = await follow();
    table.fail(2);
    happen(1, 2);
    await expect.poll(() => seen).toEqual(['1', '2']);
    expect(errors).toHaveLength(2);
  });
});

describe('the start of a subscription', () => {
  it('is after a batch of several records without subscribers', async () => {
    await topic.start();
    happen(1, 2, 3);
    const { seen } = await follow();
    happen(4, 5);
    await expect.poll(() => seen).toEqual(['4', '5']);
  });

  it('is after a batch that is still being read for another subscriber', async () => {
    await topic.start();
    const earlier = await follow();
    table.fail(1);
    happen(1, 2, 3);
    const { seen } = await follow();
    happen(4, 5);
    await expect.poll(() => earlier.seen).toEqual(['1', '2', '3', '4', '5']);
    expect(seen).toEqual(['4', '5']);
  });

  it('is before what arrives until the position is known, unless it is older', async () => {
    await topic.start();
    const earlier = await follow();
    happen(1);
    const { asked, answer } = table.holdPositions();
    const opening = follow();
    await asked;
    happen(2, 3);
    await expect.poll(() => earlier.seen).toEqual(['1', '2', '3']);
    expect(topic.subscriberCount()).toBe(1);
    answer();
    const { seen } = await opening;
    happen(4);
    await expect.poll(() => seen).toEqual(['2', '3', '4']);
    expect(topic.subscriberCount()).toBe(2);
  });
});

describe('an event for many subscribers', () => {
  it('reaches another owner before most of those of one owner, and lets other work run meanwhile', async () => {
    await topic.start();
    const order: string[] = [];
    let seenAtFirstTurn: number | undefined;
    const noted = (owner: string) => () => {
      if (order.push(owner) === 1) {
        setImmediate(() => {
          seenAtFirstTurn = order.length;
        });
      }
      return true;
    };
    const many = Array.from({ length: 500 }, () => follow(noted('user:1'), 'user:1'));
    await Promise.all([...many, follow(noted('user:2'), 'user:2')]);
    happen(1);
    await expect.poll(() => order.length).toBe(501);
    expect(order.indexOf('user:2')).toBe(1);
    expect(seenAtFirstTurn).toBeLessThan(501);
  });
});

describe('a filter that throws', () => {
  it('ends its own subscription, and no other one', async () => {
    await topic.start();
    const broken = await follow(() => {
      throw new RangeError('The filter is broken.');
    });
    const whole = await follow();
    happen(1, 2);
    expect(await broken.ended).toBeInstanceOf(RangeError);
    await expect.poll(() => whole.seen).toEqual(['1', '2']);
  });
});

describe('a subscriber who is slow', () => {
  it('may have a thousand waiting events; then it ends with a reason, and the others go on', async () => {
    await topic.start();
    const slow = await topic.subscribe({ owner: 'user:2', accepts: undefined });
    const quick = await follow();
    happen(...Array.from({ length: 1_001 }, (_, index) => index + 1));
    await expect.poll(() => quick.seen.length).toBe(1_001);
    expect(topic.subscriberCount()).toBe(1);
    await expect(slow.next()).rejects.toBeInstanceOf(EventsLostError);
    expect(await slow.next()).toEqual({ done: true, value: undefined });
  });

  it('ends with a reason when the database is unreachable for too many events', async () => {
    await topic.start();
    const { ended } = await follow();
    table.fail(Number.POSITIVE_INFINITY);
    table.tell(...Array.from({ length: 101_000 }, (_, index) => index + 1));
    expect(await ended).toBeInstanceOf(EventsLostError);
  });
});
