import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDeadline, type Deadline } from '../../src/database/time/deadline.ts';
import {
  createRequestBudget,
  currentDeadline,
  pauseBudget,
} from '../../src/database/time/request-budget.ts';

const long = 60_000;
const timeout = { code: 'ETIMEDOUT' };
const never = () => new Promise<never>(() => {});
const withinBudget = (totalMs: number, deadlineMs = long) =>
  createRequestBudget({ kind: 'postgresql' }, { totalMs, deadlineMs }).withinBudget;

it('gives the work and its waits for the database one deadline', async () => {
  await withinBudget(long)(async (deadline) => expect(currentDeadline()).toBe(deadline));
});

it('does not limit what continues after the work, such as the timer of a socket', async () => {
  let goOn = () => {};
  let left: Promise<Deadline | undefined> | undefined;
  await withinBudget(long)(async () => {
    left = new Promise<void>((resolve) => {
      goOn = resolve;
    }).then(currentDeadline);
  });
  goOn();
  expect(await left).toBeUndefined();
});

it('limits work to its end, though other work ends meanwhile', async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const going = withinBudget(long)(async (deadline) => {
    await ended;
    return currentDeadline() === deadline;
  });
  await withinBudget(500)(async () => {});
  end();
  expect(await going).toBe(true);
  expect(currentDeadline()).toBeUndefined();
});

it('rejects when work waits for the statement of another request, and leaves no time for more', async () => {
  let later: Promise<Deadline | undefined> | undefined;
  let answerTheOther = () => {};
  const ofAnother = new Promise<void>((resolve) => {
    answerTheOther = resolve;
  });
  const work = withinBudget(20)(() => {
    later = ofAnother.then(currentDeadline);
    return later;
  });
  await expect(work).rejects.toMatchObject(timeout);
  answerTheOther();
  expect((await later)?.signal()).toMatchObject({ aborted: true, reason: timeout });
});

it('does not count pauses, such as in the queue of password hashes', async () => {
  let nowMs = 0;
  const limits = { totalMs: 100, deadlineMs: long, elapsedMs: () => nowMs };
  const { withinBudget } = createRequestBudget({ kind: 'postgresql' }, limits);
  const pause = () =>
    pauseBudget(async () => {
      await setImmediate();
      nowMs += 150;
    });
  const work = withinBudget(async () => {
    await Promise.all([pause(), pause()]);
    await pause();
    return 'done';
  });
  expect(await work).toBe('done');
});

it('counts what comes before and after a pause', async () => {
  const work = withinBudget(100)(async () => {
    await setTimeout(60);
    await pauseBudget(() => setTimeout(150));
    await setTimeout(60);
  });
  await expect(work).rejects.toMatchObject(timeout);
});

it('ends at the deadline, also in a pause', async () => {
  const pause = () => pauseBudget(never);
  await expect(withinBudget(long, 20)(pause)).rejects.toMatchObject(timeout);
});

describe('a deadline', () => {
  /** A deadline by a clock that the test sets. */
  function aDeadline(times: { limitMs: number; longestMs: number }) {
    const clock = { nowMs: 0 };
    const late = new Error('It is late.');
    const deadline = createDeadline({
      ...times,
      toError: () => late,
      elapsedMs: () => clock.nowMs,
    });
    return { clock, deadline, late };
  }

  it('is measured by the given clock, from when it was made', async () => {
    const { clock, deadline, late } = aDeadline({ limitMs: 1_000, longestMs: 2_000 });
    clock.nowMs = 1_000;
    const work = deadline.within(never);
    await expect(work).rejects.toBe(late);
    expect({ isOver: deadline.isOver(), signal: deadline.signal() }).toMatchObject({
      isOver: true,
      signal: { aborted: true, reason: late },
    });
  });

  it('aborts a signal that was asked for before, with its error', async () => {
    const { deadline, late } = aDeadline({ limitMs: 0, longestMs: 0 });
    const signal = deadline.signal();
    expect(signal.aborted).toBe(false);
    await expect(deadline.within(never)).rejects.toBe(late);
    expect(signal.reason).toBe(late);
  });

  it('gives its error to each listener that is not removed, also to one that comes later', async () => {
    const { deadline, late } = aDeadline({ limitMs: 0, longestMs: 0 });
    const heard: [string, Error][] = [];
    const listenAs = (name: string) => deadline.onOver((error) => heard.push([name, error]));
    listenAs('first');
    const remove = listenAs('removed');
    remove();
    await expect(deadline.within(never)).rejects.toBe(late);
    listenAs('later');
    expect(heard).toEqual([
      ['first', late],
      ['later', late],
    ]);
  });

  it.each([
    { what: 'nothing', effects: [] },
    { what: 'a transaction that was rolled back', effects: [false] },
  ])('gives its error when the work has committed $what', async ({ effects }) => {
    const { clock, deadline, late } = aDeadline({ limitMs: 1, longestMs: 1 });
    const work = () => {
      for (const effect of effects) deadline.beginCommit()(effect);
      clock.nowMs = 1;
      return never();
    };
    await expect(deadline.within(work)).rejects.toBe(late);
    expect(() => deadline.beginCommit()).toThrow(late);
  });

  it('says that the outcome is unknown when something was committed', async () => {
    const { clock, deadline, late } = aDeadline({ limitMs: 1, longestMs: 1 });
    const work = () => {
      deadline.beginCommit()(true);
      deadline.beginCommit()(false);
      clock.nowMs = 1;
      return never();
    };
    await expect(deadline.within(work)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: late,
    });
  });

  it.each([
    { end: 'committed', effect: true, code: 'OUTCOME_UNKNOWN' },
    { end: 'rolled back', effect: false, code: undefined },
    { end: 'not known for long', effect: undefined, code: 'OUTCOME_UNKNOWN' },
  ])('waits for a commit that is $end', async ({ effect, code }) => {
    const { clock, deadline } = aDeadline({ limitMs: 1, longestMs: 1 });
    let hasEnded = false;
    let end: (effect: boolean) => void = () => {};
    const ended = deadline
      .within(() => {
        end = deadline.beginCommit();
        clock.nowMs = 1;
        return never();
      })
      .catch((error: object) => {
        hasEnded = true;
        return error;
      });
    await new Promise((resolve) => deadline.onOver(resolve));
    await setImmediate();
    expect(hasEnded).toBe(false);
    if (effect !== undefined) end(effect);
    const error = await ended;
    expect('code' in error ? error.code : undefined).toBe(code);
  });

  it('is never over after the work has ended', async () => {
    const { deadline } = aDeadline({ limitMs: 1, longestMs: 1 });
    await deadline.within(async () => {});
    await setTimeout(20);
    expect([deadline.isOver(), deadline.signal().aborted]).toEqual([false, false]);
  });
});

describe('the limits of requests', () => {
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
