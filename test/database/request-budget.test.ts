import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  budgetLeftMs,
  createRequestBudget,
  pauseBudget,
  withRequestBudget,
} from '../../src/database/time/request-budget.ts';

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

describe('the limits of requests', () => {
  const never = () => new Promise<never>(() => {});
  const long = 60_000;
  const database = { code: 'ETIMEDOUT' };
  const deadline = { facts: { reason: 'DEADLINE' } };

  it.each([
    {
      kind: 'postgresql',
      name: 'withinReadTimeout',
      totalMs: 1,
      deadlineMs: long,
      error: database,
    },
    {
      kind: 'postgresql',
      name: 'withinReadTimeout',
      totalMs: long,
      deadlineMs: 1,
      error: deadline,
    },
    { kind: 'postgresql', name: 'withinBudget', totalMs: 1, deadlineMs: long, error: database },
    { kind: 'postgresql', name: 'withinBudget', totalMs: long, deadlineMs: 1, error: database },
    { kind: 'embedded', name: 'withinReadTimeout', totalMs: 1, deadlineMs: 1, error: deadline },
    { kind: 'embedded', name: 'withinBudget', totalMs: 1, deadlineMs: 1, error: deadline },
  ] as const)('on $kind, $name: $totalMs ms and at most $deadlineMs ms', async (given) => {
    const { kind, name, error, ...limits } = given;
    const { [name]: within } = createRequestBudget({ kind }, limits);
    await expect(within(never)).rejects.toMatchObject(error);
  });

  it('leave a moment after the deadline for the error of the operation itself', async () => {
    const { withinBudget } = createRequestBudget(
      { kind: 'embedded' },
      { totalMs: 1, deadlineMs: 1 },
    );
    const failed = new Error('It failed.');
    const fails = () => setTimeout(50).then(() => Promise.reject(failed));
    await expect(withinBudget(fails)).rejects.toBe(failed);
  });

  it.each(['embedded', 'postgresql'] as const)(
    'on %s return what the work returns',
    async (kind) => {
      const limits = createRequestBudget({ kind }, { totalMs: long, deadlineMs: long });
      for (const within of [limits.withinBudget, limits.withinReadTimeout]) {
        expect(await within(async () => 'read')).toBe('read');
        const failed = within(() => Promise.reject(new Error('It failed.')));
        await expect(failed).rejects.toThrow('It failed.');
      }
    },
  );
});
