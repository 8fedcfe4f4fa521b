import { describe, expect, it, vi } from 'vitest';
import { createParts, type Get, input, part, startParts } from '../../src/gatehouse/part.ts';

/** A part whose making ends when the test says so. */
function pending<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a part', () => {
  it('is made when it is first requested, and once', () => {
    const make = vi.fn(() => ({}));
    const shared = part('shared', make);
    const left = part('left', (get) => ({ shared: get(shared) }));
    const right = part('right', (get) => ({ shared: get(shared) }));
    const { get } = createParts([]);
    expect(make).not.toHaveBeenCalled();
    expect(get(left).shared).toBe(get(right).shared);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is made once when it is requested again before it is ready', async () => {
    const make = vi.fn(async () => ({}));
    const slow = part('slow', make);
    const { get } = createParts([]);
    expect(await Promise.all([get(slow), get(slow)])).toHaveLength(2);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is another one in other parts', () => {
    const own = part('own', () => ({}));
    expect(createParts([]).get(own)).not.toBe(createParts([]).get(own));
  });

  it('is the given one, if one is given', () => {
    const port = part('port', () => 80);
    expect(createParts([port.as(81)]).get(port)).toBe(81);
  });

  it('is missing with its name when it is not given', () => {
    expect(() => createParts([]).get(input('settings'))).toThrow('not given: settings');
  });

  it('is made again after it could not be made', async () => {
    const make = vi.fn(async () => 1).mockRejectedValueOnce(new Error('away'));
    const flaky = part('flaky', make);
    const { get } = createParts([]);
    await expect(get(flaky)).rejects.toThrow('away');
    expect(await get(flaky)).toBe(1);
  });

  it('is available to functions that run later, once it is ready', async () => {
    const later = part('later', async (): Promise<number> => 7);
    const reader = part('reader', (_get, made) => () => made(later));
    const { get } = createParts([]);
    const read = get(reader);
    expect(read).toThrow('not made yet: later');
    await get(later);
    expect(read()).toBe(7);
  });
});

describe('a circular request', () => {
  it('is an error that names the chain', () => {
    const a = part('a', (get): number => get(b));
    const b = part('b', (get): number => get(c));
    const c = part('c', (get): number => get(a));
    expect(() => createParts([]).get(a)).toThrow('a -> b -> c -> a');
  });

  it('is an error that names the chain when the parts wait for each other', async () => {
    const a = part('a', async (get): Promise<number> => get(b));
    const b = part('b', async (get): Promise<number> => {
      await Promise.resolve();
      return get(a);
    });
    await expect(createParts([]).get(a)).rejects.toThrow('a -> b -> a');
  });

  it('is allowed when the first part is ready', () => {
    const a = part('a', (get) => ({ b: () => get(b), name: 'a' }));
    const b = part('b', (get): string => get(a).name);
    expect(createParts([]).get(a).b()).toBe('a');
  });
});

describe('closing', () => {
  const closed: string[] = [];
  const closable = (name: string, make: (get: Get) => unknown = () => name) =>
    part(name, make, () => void closed.push(name));

  it('closes what was made, the last one first, and nothing else', async () => {
    closed.length = 0;
    const database = closable('database');
    const stores = closable('stores', (get) => get(database));
    const server = closable('server', (get) => get(stores));
    const unused = closable('unused');
    const given = input<string>('given').as('', async () => void closed.push('given'));
    const { get, close } = createParts([given, unused.as('')]);
    get(server);
    await close();
    await close();
    expect(closed).toEqual(['server', 'stores', 'database', 'given']);
  });

  it('tries to close every part, and reports all errors', async () => {
    const failing = (name: string) =>
      part(
        name,
        () => name,
        () => Promise.reject(new Error(name)),
      );
    const [first, second] = [failing('first'), failing('second')];
    const { get, close } = createParts([]);
    get(first);
    get(second);
    await expect(close()).rejects.toMatchObject({
      errors: [new Error('second'), new Error('first')],
    });
  });

  it('waits for a part that is still being made, and closes it', async () => {
    const { promise, resolve } = pending<string>();
    const close = vi.fn();
    const slow = part('slow', () => promise, close);
    const parts = createParts([]);
    const requested = parts.get(slow);
    const closing = parts.close();
    resolve('slow');
    await closing;
    expect(close).toHaveBeenCalledExactlyOnceWith(await requested);
  });

  it('closes nothing of a part that could not be made', async () => {
    closed.length = 0;
    const base = closable('base');
    const broken = part(
      'broken',
      async (get) => {
        get(base);
        throw new Error('broken');
      },
      () => void closed.push('broken'),
    );
    const parts = createParts([]);
    await expect(parts.get(broken)).rejects.toThrow('broken');
    await parts.close();
    expect(closed).toEqual(['base']);
  });

  it('lets no further part be made', async () => {
    const { promise, resolve } = pending<string>();
    const make = vi.fn();
    const late = part('late', make);
    const slow = part('slow', async (get) => {
      await promise;
      return get(late);
    });
    const parts = createParts([]);
    const requested = parts.get(slow);
    const closing = parts.close();
    resolve('');
    await expect(requested).rejects.toThrow('closed: slow -> late');
    await closing;
    expect(make).not.toHaveBeenCalled();
  });
});

describe('a start with parts', () => {
  it('leaves the parts open when it succeeds', async () => {
    const close = vi.fn();
    const base = part('base', () => 'base', close);
    expect(await startParts([], async ({ get }) => get(base))).toBe('base');
    expect(close).not.toHaveBeenCalled();
  });

  it('closes them and throws its own error when it fails, whatever closing does', async () => {
    const close = vi.fn(() => Promise.reject(new Error('close')));
    const base = part('base', () => 'base', close);
    const started = startParts([], async ({ get }) => {
      get(base);
      throw new RangeError('start');
    });
    await expect(started).rejects.toThrow(new RangeError('start'));
    expect(close).toHaveBeenCalledTimes(1);
  });
});
