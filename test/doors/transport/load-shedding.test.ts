import { expect, it } from 'vitest';
import {
  createLoadShedding,
  nextBound,
  type Shed,
} from '../../../src/doors/transport/load-shedding.ts';
import { OverloadedError } from '../../../src/errors.ts';

const limits = { maxConcurrentRequests: 80, maxEventLoopDelayMs: 100 };

function createWork() {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { work: () => done, finish };
}

it('runs as many at once as there may be, and begins no more', async () => {
  const shedding = createLoadShedding({ ...limits, maxConcurrentRequests: 2, onShed: () => {} });
  const [first, second] = [createWork(), createWork()];
  const running = [shedding.run(first.work), shedding.run(second.work)];
  expect(shedding.hasRoom()).toBe(false);
  let hasBegun = false;
  const third = shedding.run(async () => {
    hasBegun = true;
  });
  await expect(third).rejects.toBeInstanceOf(OverloadedError);
  expect(hasBegun).toBe(false);
  first.finish();
  await running[0];
  expect(shedding.hasRoom()).toBe(true);
  second.finish();
  await running[1];
});

it('has room again after work that failed', async () => {
  const shedding = createLoadShedding({ ...limits, maxConcurrentRequests: 1, onShed: () => {} });
  const failing = shedding.run(async () => {
    throw new Error('It failed.');
  });
  await expect(failing).rejects.toThrow('It failed.');
  expect(shedding.hasRoom()).toBe(true);
});

it('reports refused requests once for each check, and nothing without them', async () => {
  const reported: Shed[] = [];
  const shedding = createLoadShedding({
    ...limits,
    maxConcurrentRequests: 1,
    onShed: (shed) => reported.push(shed),
  });
  const { work, finish } = createWork();
  const running = shedding.run(work);
  const refused = [1, 2].map(() => shedding.run(work));
  for (const each of refused) await expect(each).rejects.toBeInstanceOf(OverloadedError);
  shedding.observe(7);
  shedding.observe(7);
  expect(reported).toEqual([{ refused: 2, underWay: 1, bound: 1, eventLoopDelayMs: 7 }]);
  finish();
  await running;
});

it('lets fewer run while the event loop is slow', async () => {
  const shedding = createLoadShedding({ ...limits, maxConcurrentRequests: 2, onShed: () => {} });
  const { work, finish } = createWork();
  const running = shedding.run(work);
  expect(shedding.hasRoom()).toBe(true);
  shedding.observe(200);
  expect(shedding.hasRoom()).toBe(false);
  shedding.observe(100);
  expect(shedding.hasRoom()).toBe(true);
  finish();
  await running;
});

it.each([
  { what: 'stays at the most while turns are short', bound: 80, delayMs: 100, next: 80 },
  { what: 'falls in proportion when they are long', bound: 80, delayMs: 125, next: 64 },
  { what: 'falls by half at most', bound: 80, delayMs: 10_000, next: 40 },
  { what: 'never falls below an eighth', bound: 12, delayMs: 10_000, next: 10 },
  { what: 'comes back by an eighth', bound: 40, delayMs: 0, next: 50 },
  { what: 'comes back to the most', bound: 75, delayMs: 0, next: 80 },
  { what: 'comes back when nothing could be measured', bound: 40, delayMs: Number.NaN, next: 50 },
])('the bound $what', ({ bound, delayMs, next }) => {
  expect(nextBound(bound, delayMs, limits)).toBe(next);
});
