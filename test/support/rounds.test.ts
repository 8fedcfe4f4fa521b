import { describe, expect, it } from 'vitest';
import { beside, cycle, run } from './rounds.ts';

describe('rounds', () => {
  it('find what the work, the check of a round and the end note, with the number of the round', async () => {
    const found = await run(
      {
        start: async () => ['world'],
        async work([world], each: string, found) {
          found.check(each === 'right', `${each} in the ${world}`);
          found.measure(each, found.rounds * 10);
          return each;
        },
        check: async (_world, done, found) => found.count(done),
        end: async (_world, found) => found.fault('at the end'),
      },
      cycle(3, ['right', 'wrong']),
    );
    expect(found.faults).toEqual(['round 2: wrong in the world', 'round 3: at the end']);
    expect(found.listed()).toBe('2 x right; 1 x wrong');
    expect([found.most('right'), found.sum('right')]).toEqual([30, 40]);
    expect(found.spread('right')).toBe('10 / 30 / 30');
  });
});

describe('turns beside work', () => {
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1));

  it('go on until the work is done, or until one returns false', async () => {
    let turns = 0;
    let few = 0;
    const endless = async () => {
      turns += 1;
      await soon();
    };
    const twice = async () => {
      few += 1;
      return few < 2;
    };
    const work = async () => {
      while (turns < 5) await soon();
      return 'done';
    };
    expect(await beside([endless, twice], work)).toBe('done');
    expect(few).toBe(2);
    const turnsAtEnd = turns;
    await soon();
    expect(turns).toBe(turnsAtEnd);
  });

  it('reject when one of them fails, although the work would go on', async () => {
    const fail = () => Promise.reject(new Error('refused'));
    await expect(beside([fail], () => new Promise(() => {}))).rejects.toThrow('refused');
  });
});
