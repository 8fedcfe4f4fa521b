import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  budgetLeftMs,
  pauseBudget,
  withReadTimeout,
  withRequestBudget,
} from '../../src/database/request-budget.ts';

it('ends at the deadline, if that is sooner', async () => {
  await withRequestBudget(1_000, async () => expect(budgetLeftMs()).toBeLessThanOrEqual(50), 50);
  await withRequestBudget(50, async () => expect(budgetLeftMs()).toBeLessThanOrEqual(50), 1_000);
});

it('does not limit what continues after the work, such as the timer of a socket', async () => {
  let goOn = () => {};
  let left: Promise<number> = Promise.resolve(0);
  await withRequestBudget(
    1_000,
    async () => {
      left = new Promise<void>((resolve) => {
        goOn = resolve;
      }).then(budgetLeftMs);
    },
    1_000,
  );
  goOn();
  expect(await left).toBe(Number.POSITIVE_INFINITY);
});

it('limits work to its end, though other work ends meanwhile', async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const long = withRequestBudget(60_000, async () => {
    await ended;
    return budgetLeftMs();
  });
  expect(await withRequestBudget(500, async () => budgetLeftMs())).toBeLessThanOrEqual(500);
  end();
  expect(await long).toBeGreaterThan(500);
  expect(await long).toBeLessThanOrEqual(60_000);
  expect(budgetLeftMs()).toBe(Number.POSITIVE_INFINITY);
});

const timeout = { code: 'ETIMEDOUT' };
/** Long compared to the precision of timers. */
const totalMs = 200;

it('rejects when work waits for the statement of another request, and leaves no time for more', async () => {
  let later: Promise<number> | undefined;
  let answerTheOther = () => {};
  const ofAnother = new Promise<void>((resolve) => {
    answerTheOther = resolve;
  });
  const work = withRequestBudget(totalMs, () => {
    later = ofAnother.then(budgetLeftMs);
    return later;
  });
  await expect(work).rejects.toMatchObject(timeout);
  answerTheOther();
  expect(await later).toBeLessThanOrEqual(0);
});

it('keeps a share for the database after pauses', async () => {
  const pause = () => pauseBudget(() => setTimeout(2 * totalMs));
  await withRequestBudget(totalMs, async () => {
    await Promise.all([pause(), pause()]);
    await pause();
    const leftMs = budgetLeftMs();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThan(totalMs / 2);
  });
});

it('counts pauses when the work has already used more than that share', async () => {
  let isDone = false;
  const work = withRequestBudget(totalMs, async () => {
    await setTimeout(totalMs / 2);
    await pauseBudget(() => setTimeout(3 * totalMs));
    isDone = true;
  });
  await expect(work).rejects.toMatchObject(timeout);
  expect(isDone).toBe(false);
});

it('ends at the deadline, also in a pause', async () => {
  const pause = () => pauseBudget(() => new Promise(() => {}));
  await expect(withRequestBudget(60_000, pause, 20)).rejects.toMatchObject(timeout);
});

it('limits how long a request that only reads is waited for', async () => {
  expect(await withReadTimeout(60_000, async () => 'read')).toBe('read');
  const never = withReadTimeout(1, () => new Promise(() => {}));
  await expect(never).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const failed = withReadTimeout(60_000, () => Promise.reject(new Error('It failed.')));
  await expect(failed).rejects.toThrow('It failed.');
});
