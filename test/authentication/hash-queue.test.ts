import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  createHashQueue,
  type PauseBudget,
  toHashConcurrency,
} from '../../src/authentication/hash-queue.ts';
import { ServiceUnavailableError } from '../../src/errors.ts';
import { eventually } from '../support/eventually.ts';

const pauseBudget: PauseBudget = (work) => work();

/** A queue whose work ends when the test says so. Records what has begun, in order. */
function heldUp({ concurrency }: { readonly concurrency: number }) {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const runQueued = createHashQueue({ concurrency, pauseBudget });
  return {
    begun,
    add: (n: number, key?: string): Promise<number> =>
      runQueued(() => {
        begun.push(n);
        return new Promise((resolve) => ends.set(n, () => resolve(n)));
      }, key),
    end: (n: number) => ends.get(n)?.(),
  };
}

describe('the line of hashes', () => {
  it('makes no more at once than it may, first come, first served', async () => {
    const { add, end, begun } = heldUp({ concurrency: 2 });
    const all = [1, 2, 3, 4].map((n) => add(n));
    await eventually(() => expect(begun).toEqual([1, 2]));
    end(2);
    await all[1];
    await eventually(() => expect(begun).toEqual([1, 2, 3]));
    end(1);
    await eventually(() => expect(begun).toEqual([1, 2, 3, 4]));
    end(3);
    end(4);
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4]);
  });

  it('refuses at once when it is full, and accepts again when it is not', async () => {
    const { add, end, begun } = heldUp({ concurrency: 1 });
    const numbers = Array.from({ length: 25 }, (_, n) => n);
    const all = numbers.map((n) => add(n));
    await expect(add(25)).rejects.toThrow(ServiceUnavailableError);
    await expect(add(26)).rejects.toThrow(ServiceUnavailableError);
    end(0);
    await eventually(() => expect(begun).toEqual([0, 1]));
    all.push(add(27));
    for (const n of [...numbers.slice(1), 27]) {
      await eventually(() => expect(begun).toContain(n));
      end(n);
    }
    expect(await Promise.all(all)).toEqual([...numbers, 27]);
    expect(begun).toEqual([...numbers, 27]);
  });

  it('gives each key its turn, however many of another one wait', async () => {
    const { add, end, begun } = heldUp({ concurrency: 1 });
    for (const n of [1, 2, 3, 4]) void add(n, 'many');
    void add(5, 'few');
    void add(6, 'one');
    const order = [1, 2, 5, 6, 3, 4];
    for (const [index, n] of order.entries()) {
      await eventually(() => expect(begun).toEqual(order.slice(0, index + 1)));
      end(n);
    }
  });

  it('makes room, when it is full, for a key that has fewer in it than another one', async () => {
    const { add, begun, end } = heldUp({ concurrency: 1 });
    const attempts = Array.from({ length: 25 }, (_, n) => add(n, 'many'));
    const victim = add(100, 'one');
    await expect(attempts[24]).rejects.toThrow(ServiceUnavailableError);
    await expect(add(25, 'many')).rejects.toThrow(ServiceUnavailableError);
    for (const n of [0, 1, 100]) {
      await eventually(() => expect(begun.at(-1)).toBe(n));
      end(n);
    }
    expect(await victim).toBe(100);
  });

  it('has room for 40 at once on two cores', async () => {
    const runQueued = createHashQueue({ concurrency: 2, pauseBudget });
    const all = Array.from({ length: 40 }, (_, n) => runQueued(async () => n));
    expect(await Promise.all(all)).toHaveLength(40);
  });

  it('works for the caller, not for the entry before it', async () => {
    const asking = new AsyncLocalStorage<number>();
    const runQueued = createHashQueue({ concurrency: 1, pauseBudget });
    const numbers = [1, 2, 3];
    const work = async () => {
      await setImmediate();
      return asking.getStore();
    };
    const found = await Promise.all(numbers.map((n) => asking.run(n, () => runQueued(work))));
    expect(found).toEqual(numbers);
  });

  it('pauses the budget while it waits for a turn, and no longer', async () => {
    const calls: string[] = [];
    const runQueued = createHashQueue({
      concurrency: 1,
      async pauseBudget(work) {
        calls.push('pause');
        const result = await work();
        calls.push('resume');
        return result;
      },
    });
    let end = () => {};
    const first = runQueued(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const second = runQueued(async () => calls.push('hashed'));
    await setImmediate();
    expect(calls).toEqual(['pause', 'pause', 'resume']);
    end();
    await Promise.all([first, second]);
    expect(calls.toSorted()).toEqual(['hashed', 'pause', 'pause', 'resume', 'resume']);
  });

  it('goes on after work that fails', async () => {
    const runQueued = createHashQueue({ concurrency: 1, pauseBudget });
    const failing = runQueued(() => Promise.reject(new Error('no hash')));
    const next = runQueued(async () => 'hash');
    await expect(failing).rejects.toThrow('no hash');
    expect(await next).toBe('hash');
  });
});

describe('how many hashes are made at once', () => {
  it.each([
    { cores: 1, threadPoolSize: 4, concurrency: 1 },
    { cores: 2, threadPoolSize: 4, concurrency: 2 },
    { cores: 16, threadPoolSize: 4, concurrency: 2 },
    { cores: 16, threadPoolSize: 18, concurrency: 16 },
    { cores: 4, threadPoolSize: 2, concurrency: 1 },
    { cores: 4, threadPoolSize: 1, concurrency: 1 },
  ])(
    'is $concurrency with $cores cores and $threadPoolSize threads',
    ({ concurrency, ...machine }) => {
      expect(toHashConcurrency(machine)).toBe(concurrency);
    },
  );
});
