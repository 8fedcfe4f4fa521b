import { expect, it } from 'vitest';
import { createCheckCost } from '../../src/authentication/check-cost.ts';

const minuteMs = 60_000;

function readings(...stored: (number | Error)[]) {
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  let reads = 0;
  const checkCost = createCheckCost({
    cost: 10,
    now: () => new Date(nowMs),
    async readHighestCost() {
      const [found = 0] = stored.slice(reads, reads + 1);
      reads += 1;
      if (found instanceof Error) throw found;
      return found;
    },
  });
  return {
    checkCost,
    reads: () => reads,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

it.each([
  { stored: 0, highest: 10, when: 'nothing is stored' },
  { stored: 8, highest: 10, when: 'new hashes cost more' },
  { stored: 12, highest: 12, when: 'stored hashes cost more' },
])('is $highest when $when', async ({ stored, highest }) => {
  expect(await readings(stored).checkCost.current()).toBe(highest);
});

it('is read once in five minutes', async () => {
  const { checkCost, reads, pass } = readings(12, 11);
  await checkCost.current();
  pass(5 * minuteMs - 1);
  expect([await checkCost.current(), reads()]).toEqual([12, 1]);
  pass(1);
  expect([await checkCost.current(), reads()]).toEqual([11, 2]);
});

it('grows at once with a hash that costs more, until the next reading', async () => {
  const { checkCost, pass } = readings(0, 0);
  await checkCost.current();
  checkCost.note(13);
  checkCost.note(4);
  expect(await checkCost.current()).toBe(13);
  pass(5 * minuteMs);
  expect(await checkCost.current()).toBe(10);
});

it('is not guessed while it cannot be read, and is read at the next try', async () => {
  const { checkCost } = readings(new Error('no database'), 12);
  await expect(checkCost.current()).rejects.toThrow('no database');
  expect(await checkCost.current()).toBe(12);
});
