import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OverloadedError } from '../../src/errors.ts';
import { createFairQueue, type FairQueueOptions } from '../../src/operation/fair-queue.ts';

const wide = { startsPerTurn: 100, maxRunning: 100, maxRunningPerKey: 100 };

/** Work that runs until it is ended. */
function createWork(options: Partial<FairQueueOptions> = {}) {
  const queue = createFairQueue({ ...wide, ...options });
  const begun: string[] = [];
  const ends: { readonly key: string; end: () => void }[] = [];
  return {
    begun,
    run: (key: string) =>
      queue(key, async () => {
        begun.push(key);
        await new Promise<void>((end) => ends.push({ key, end }));
      }),
    endOne: (key: string) => {
      const at = ends.findIndex((each) => each.key === key);
      ends.splice(at, 1)[0]?.end();
    },
  };
}

it('starts the first entry of each key before the second of any', async () => {
  const work = createWork();
  for (const key of ['a', 'a', 'a', 'b', 'b', 'c']) void work.run(key);
  await setImmediate();
  expect(work.begun.join('')).toBe('abcaba');
});

it('starts a few entries in one turn of the event loop', async () => {
  const work = createWork({ startsPerTurn: 2 });
  for (const key of ['a', 'a', 'a', 'a', 'a']) void work.run(key);
  const counts: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await setImmediate();
    counts.push(work.begun.length);
  }
  expect(counts).toEqual([2, 4, 5, 5]);
});

it('runs so many entries of one key at once, and others meanwhile', async () => {
  const work = createWork({ maxRunningPerKey: 2 });
  for (const key of ['a', 'a', 'a', 'b']) void work.run(key);
  await setImmediate();
  expect(work.begun).toEqual(['a', 'b', 'a']);
  work.endOne('b');
  await setImmediate();
  expect(work.begun).toHaveLength(3);
  work.endOne('a');
  await expect.poll(() => work.begun).toEqual(['a', 'b', 'a', 'a']);
});

it('runs so many entries at once, of which slow ones count no longer', async () => {
  const work = createWork({ maxRunning: 2 });
  for (const key of ['a', 'a', 'b']) void work.run(key);
  await setImmediate();
  expect(work.begun).toEqual(['a', 'b']);
  await expect.poll(() => work.begun).toEqual(['a', 'b', 'a']);
});

it('refuses entries of the key with most of them when too many wait', async () => {
  const work = createWork({ maxRunningPerKey: 0, maxWaiting: 3 });
  const asked = ['a', 'a', 'a', 'b'].map((key) => work.run(key));
  const another = work.run('a');
  await expect(asked[2]).rejects.toBeInstanceOf(OverloadedError);
  await expect(another).rejects.toBeInstanceOf(OverloadedError);
  expect(work.begun).toEqual([]);
});

it('runs every entry once, in the order of its key, and returns what it returned or threw', async () => {
  const limits = fc.record({
    startsPerTurn: fc.integer({ min: 1, max: 4 }),
    maxRunning: fc.integer({ min: 1, max: 4 }),
    maxRunningPerKey: fc.integer({ min: 1, max: 4 }),
  });
  const entries = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      turns: fc.integer({ min: 0, max: 3 }),
      fails: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(limits, entries, async (given, list) => {
      const queue = createFairQueue(given);
      const begun: number[] = [];
      let running = 0;
      const results = await Promise.allSettled(
        list.map(({ key, turns, fails }, index) =>
          queue(key, async () => {
            begun.push(index);
            running += 1;
            expect(running).toBeLessThanOrEqual(given.maxRunning);
            for (let turn = 0; turn < turns; turn += 1) await setImmediate();
            running -= 1;
            if (fails) throw new RangeError(String(index));
            return index;
          }),
        ),
      );
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') expect(result.value).toBe(index);
        else expect(result.reason).toEqual(new RangeError(String(index)));
        expect(result.status).toBe(list[index]?.fails ? 'rejected' : 'fulfilled');
      }
      for (const key of ['a', 'b', 'c']) {
        const own = begun.filter((index) => list[index]?.key === key);
        expect(own).toEqual(own.toSorted((one, other) => one - other));
      }
      expect(begun.toSorted((one, other) => one - other)).toEqual([...list.keys()]);
    }),
  );
});
