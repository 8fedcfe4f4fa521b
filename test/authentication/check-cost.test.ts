import { expect, it } from 'vitest';
import { createCheckCost } from '../../src/authentication/check-cost.ts';

const minuteMs = 60_000;

function readings(...stored: (number | Error)[]) {
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  let reads = 0;
  const checkCost = createCheckCost({
    cost: 10,
    now: () => new Date(nowMs),
    async readCosts() {
      const [found] = stored.slice(reads, reads + 1);
      reads += 1;
      if (found instanceof Error) throw found;
      return found === undefined ? [] : [{ cost: found, hashes: 1 }];
    },
  });
  return {
    checkCost,
    highest: async () => (await checkCost.current()).highest,
    reads: () => reads,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

it.each([
  { stored: [], highest: 10, when: 'nothing is stored' },
  { stored: [8], highest: 10, when: 'new hashes cost more' },
  { stored: [12], highest: 12, when: 'stored hashes cost more' },
])('is $highest when $when', async ({ stored, highest }) => {
  expect(await readings(...stored).highest()).toBe(highest);
});

it('is read once in five minutes', async () => {
  const { highest, reads, pass } = readings(12, 11);
  await highest();
  pass(5 * minuteMs - 1);
  expect([await highest(), reads()]).toEqual([12, 1]);
  pass(1);
  expect([await highest(), reads()]).toEqual([11, 2]);
});

it('grows at once with a hash that costs more, until the next reading', async () => {
  const { checkCost, highest, pass } = readings();
  await highest();
  checkCost.note(13);
  checkCost.note(4);
  expect(await highest()).toBe(13);
  pass(5 * minuteMs);
  expect(await highest()).toBe(10);
});

it('is not guessed while it cannot be read, and is read at the next try', async () => {
  const { highest } = readings(new Error('no database'), 12);
  await expect(highest()).rejects.toThrow('no database');
  expect(await highest()).toBe(12);
});

it('returns each cost for its share of the stored hashes', async () => {
  const stored = [
    { cost: 10, hashes: 3 },
    { cost: 12, hashes: 1 },
  ];
  const checkCost = createCheckCost({
    cost: 12,
    now: () => new Date(0),
    readCosts: async () => stored,
  });
  const { costAt } = await checkCost.current();
  expect([0, 0.5, 0.749, 0.75, 0.999].map(costAt)).toEqual([10, 10, 10, 12, 12]);
});

it('returns the highest cost for every share when nothing is stored', async () => {
  const { costAt } = await readings().checkCost.current();
  expect([0, 0.999].map(costAt)).toEqual([10, 10]);
});
