import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowLocks } from '../../src/changes/row-locks.ts';
import { OverloadedError } from '../../src/errors.ts';

/** Work with keys, which ends when `end` is called. */
function aWork(keys: readonly string[]) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { keys, end, ended };
}

const of = (rows: readonly string[], viewer = 'ada') => ({ viewer, rows });
const viewerOf = (index: number) => `viewer ${index % 3}`;

describe('row locks', () => {
  it('run work with a key in common in order, and other work at once', async () => {
    const withRowLocks = createRowLocks(12);
    const order: string[] = [];
    const first = aWork(['a']);
    const works = [
      withRowLocks(of(first.keys), async () => {
        order.push('first begins');
        await first.ended;
        order.push('first ends');
      }),
      withRowLocks(of(['a', 'b']), async () => void order.push('second')),
      withRowLocks(of(['c']), async () => void order.push('other')),
      withRowLocks(of([]), async () => void order.push('without keys')),
    ];
    await Promise.all(works.slice(2));
    first.end();
    await Promise.all(works);
    expect(order.slice(0, 3).sort()).toEqual(['first begins', 'other', 'without keys']);
    expect(order.slice(3)).toEqual(['first ends', 'second']);
  });

  it('go on after work that fails, whose error they give', async () => {
    const withRowLocks = createRowLocks(12);
    const failed = new Error('failed');
    const works = [
      withRowLocks(of(['a']), async () => {
        throw failed;
      }),
      withRowLocks(of(['a']), async () => 7),
    ];
    expect(await Promise.allSettled(works)).toEqual([
      { status: 'rejected', reason: failed },
      { status: 'fulfilled', value: 7 },
    ]);
  });

  it('end for any keys in any order, and never overlap in one', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(keys, { maxLength: 12 }),
        fc.scheduler(),
        async (all, scheduler) => {
          const withRowLocks = createRowLocks(12);
          const running: string[] = [];
          const works = all.map((each, index) =>
            withRowLocks({ viewer: viewerOf(index), rows: each }, async () => {
              expect(each.filter((key) => running.includes(key))).toEqual([]);
              running.push(...each);
              await scheduler.schedule(Promise.resolve());
              for (const key of each) running.splice(running.indexOf(key), 1);
              return each;
            }),
          );
          await scheduler.waitFor(Promise.all(works));
          expect(await Promise.all(works)).toEqual(all);
        },
      ),
    );
  });

  it('go round by viewer, so that much work of one delays others by one work', async () => {
    const withRowLocks = createRowLocks(12);
    const order: string[] = [];
    const take = (viewer: string) =>
      withRowLocks(of(['a'], viewer), async () => void order.push(viewer));
    await Promise.all(['ada', 'ada', 'ada', 'ada', 'bob', 'eve', 'bob'].map(take));
    expect(order).toEqual(['ada', 'ada', 'bob', 'eve', 'ada', 'bob', 'ada']);
  });

  it('refuse work beyond those of its viewer that may wait for a row: overloaded', async () => {
    const withRowLocks = createRowLocks(2);
    const first = aWork(['a']);
    const done: string[] = [];
    const take = (viewer: string, row = 'a') =>
      withRowLocks(of([row], viewer), async () => void done.push(viewer));
    const running = withRowLocks(of(['a'], 'ada'), () => first.ended);
    const waiting = [take('ada'), take('ada')];
    await expect(take('ada')).rejects.toBeInstanceOf(OverloadedError);
    await take('ada', 'b');
    waiting.push(take('bob'));
    first.end();
    await Promise.all([running, ...waiting]);
    await take('ada');
    expect(done).toEqual(['ada', 'ada', 'bob', 'ada', 'ada']);
  });
});
