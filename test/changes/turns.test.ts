import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/changes/turns.ts';

/** Work with keys, which ends when `end` is called. */
function aWork(keys: readonly string[]) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { keys, end, ended };
}

describe('turns', () => {
  it('run work with a key in common in order, and other work at once', async () => {
    const inTurn = createTurns();
    const order: string[] = [];
    const first = aWork(['a']);
    const works = [
      inTurn(first.keys, async () => {
        order.push('first begins');
        await first.ended;
        order.push('first ends');
      }),
      inTurn(['a', 'b'], async () => void order.push('second')),
      inTurn(['c'], async () => void order.push('other')),
      inTurn([], async () => void order.push('without keys')),
    ];
    await Promise.all(works.slice(2));
    first.end();
    await Promise.all(works);
    expect(order.slice(0, 3).sort()).toEqual(['first begins', 'other', 'without keys']);
    expect(order.slice(3)).toEqual(['first ends', 'second']);
  });

  it('go on after work that fails, whose error they give', async () => {
    const inTurn = createTurns();
    const failed = new Error('failed');
    const works = [
      inTurn(['a'], async () => {
        throw failed;
      }),
      inTurn(['a'], async () => 7),
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
          const inTurn = createTurns();
          const running: string[] = [];
          const works = all.map((each) =>
            inTurn(each, async () => {
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
});
