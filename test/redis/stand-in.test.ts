import { describe, expect, it, vi } from 'vitest';
import { withStandIn } from '../../packages/redis/src/stand-in.ts';
import type { LoginAttemptStore, Mark, TakeOutcome } from '../../src/values/login-attempt-store.ts';

const sam = [{ what: 'account', name: 'sam', limit: 3 }] as const;
const patienceMs = 250;
const markOf = (key: string): Mark => ({ key, windowEndsAt: new Date('2026-03-01T12:15:00Z') });
const taken = (key: string): TakeOutcome => ({
  isRefused: false,
  marks: [markOf(key)],
  exhausted: null,
});

/** A store that says what it did, and the stand-in beside it. Time passes when a test says so. */
function attemptsOn(store: Partial<LoginAttemptStore>, probe: () => Promise<unknown>) {
  const done: string[] = [];
  const waits: { readonly delayMs: number; readonly pass: () => void }[] = [];
  const record =
    <Result>(what: string, result: Result) =>
    async () => {
      done.push(what);
      return result;
    };
  const attempts = withStandIn({
    store: {
      refusedForMs: record('store asked', 0),
      take: record('store took', taken('store')),
      giveBack: record('store gave back', undefined),
      ...store,
    },
    standIn: {
      refusedForMs: record('stand-in asked', 0),
      take: record('stand-in took', taken('stand-in')),
      giveBack: async (marks) => void (marks.length > 0 && done.push('stand-in gave back')),
    },
    patienceMs,
    probe,
    onChange: (error) => void done.push(error === undefined ? 'back' : 'away'),
    delay: (delayMs) =>
      new Promise((resolve) => {
        waits.push({ delayMs, pass: resolve });
      }),
  });
  const pass = (delayMs: number) => {
    for (const wait of waits.splice(0)) {
      if (wait.delayMs === delayMs) wait.pass();
      else waits.push(wait);
    }
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { attempts, done, pass, settle };
}

const down = () => Promise.reject(new Error('down'));
const marksOf = (outcome: TakeOutcome) => (outcome.isRefused ? [] : outcome.marks);

describe('a store with a stand-in', () => {
  it('counts alone while it responds', async () => {
    const { attempts, done } = attemptsOn({}, down);
    await attempts.refusedForMs(sam);
    await attempts.giveBack(marksOf(await attempts.take(sam)));
    expect(done).toEqual(['store asked', 'store took', 'store gave back']);
    expect(attempts.isStandingIn()).toBe(false);
  });

  it('is left once it fails, and asked again when a probe succeeds', async () => {
    const probe = vi.fn<() => Promise<unknown>>(down);
    const { attempts, done, pass, settle } = attemptsOn({ take: down }, probe);
    await attempts.take(sam);
    await attempts.refusedForMs(sam);
    expect(done).toEqual(['away', 'stand-in took', 'stand-in asked']);
    pass(1_000);
    await settle();
    expect(attempts.isStandingIn()).toBe(true);
    probe.mockResolvedValue('PONG');
    pass(1_000);
    await settle();
    await attempts.refusedForMs(sam);
    expect(done.slice(3)).toEqual(['back', 'store asked']);
  });

  it('is left after its time, and gives back what it took later', async () => {
    let respond = (_: TakeOutcome) => {};
    const late = new Promise<TakeOutcome>((resolve) => {
      respond = resolve;
    });
    const { attempts, done, pass, settle } = attemptsOn({ take: () => late }, down);
    const outcome = attempts.take(sam);
    pass(patienceMs);
    expect(marksOf(await outcome)).toEqual([markOf('stand-in')]);
    respond(taken('store'));
    await settle();
    expect(done).toEqual(['away', 'stand-in took', 'store gave back']);
  });

  it('is probed by one probe at a time, and a slow one does not bring it back', async () => {
    let respond = () => {};
    const probe = vi.fn(() => new Promise<void>((resolve) => (respond = resolve)));
    const { attempts, pass, settle } = attemptsOn({ take: down }, probe);
    await attempts.take(sam);
    pass(1_000);
    await settle();
    pass(patienceMs);
    await settle();
    pass(1_000);
    await settle();
    expect(probe).toHaveBeenCalledTimes(1);
    respond();
    await settle();
    expect(attempts.isStandingIn()).toBe(true);
    pass(1_000);
    await settle();
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it('subtracts each attempt where it was counted', async () => {
    const take = vi.fn(async () => taken('store'));
    const { attempts, done } = attemptsOn({ take }, down);
    const first = await attempts.take(sam);
    take.mockRejectedValue(new Error('down'));
    const second = await attempts.take(sam);
    await attempts.giveBack(marksOf(second));
    expect(done).toEqual(['away', 'stand-in took', 'stand-in gave back']);
    // Known to be away, it has not been asked: the caller tries again later.
    await expect(attempts.giveBack(marksOf(first))).rejects.toThrow('unavailable');
  });

  it('subtracts no attempt twice when a response is missing', async () => {
    const giveBack = vi.fn(() => new Promise<void>(() => {}));
    const { attempts, pass, settle } = attemptsOn({ giveBack }, down);
    const givenBack = attempts.giveBack(marksOf(await attempts.take(sam)));
    await settle();
    pass(patienceMs);
    await expect(givenBack).resolves.toBeUndefined();
    expect(giveBack).toHaveBeenCalledTimes(1);
  });

  it('is not reported as left after the end', async () => {
    const { attempts, done } = attemptsOn({ take: down }, down);
    attempts.stop();
    await attempts.take(sam);
    expect(done).toEqual(['stand-in took']);
  });
});
