import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../../src/errors.ts';
import { createLoginAttempts } from '../../../src/identity/sessions/login/login-attempts.ts';
import type { LoginAttemptStore } from '../../../src/values/login-attempt-store.ts';
import { eventually } from '../../support/eventually.ts';

const attempt = {
  usernameKey: 'sam',
  ip: '203.0.113.7',
  password: 'correct',
  account: { id: 'the-id', passwordHash: 'hash-of-correct' },
};
const endsAt = new Date('2026-03-01T12:15:00Z');
const ofAddress = { key: 'address', windowEndsAt: endsAt };
const ofAccount = { key: 'account', windowEndsAt: endsAt };

/** Attempts on counters with given answers. Records what was done, in order. */
function attemptsOn(counters: Partial<LoginAttemptStore>) {
  const done: unknown[] = [];
  const attempts = createLoginAttempts({
    counters: {
      refusedForMs: async () => 0,
      take: async () => ({ isRefused: false, marks: [], exhausted: null }),
      giveBack: async () => {},
      ...counters,
    },
    limits: { perAccount: 10, perAddress: 100 },
    passwords: {
      runQueued: (_key, work) =>
        work(async ({ password, hash }) => {
          done.push('hash');
          return hash === `hash-of-${password}`;
        }),
    },
    audit: { record: async (origin, event) => void done.push({ ...origin, ...event }) },
    onForgiveError: (error) => void done.push(error),
    delay: async (delayMs) => void done.push(delayMs),
  });
  return { attempts, done };
}

describe('an attempt', () => {
  it('is hashed once it has been counted', async () => {
    const { attempts, done } = attemptsOn({});
    expect(await attempts.verify(attempt)).toMatchObject({ isRight: true });
    expect(await attempts.verify({ ...attempt, password: 'wrong' })).toMatchObject({
      isRight: false,
    });
    expect(await attempts.verify({ ...attempt, account: null })).toMatchObject({ isRight: false });
    expect(done).toEqual(['hash', 'hash', 'hash']);
  });

  it.each([
    {
      when: 'before it waits for its turn',
      counters: { refusedForMs: async () => 1_500 },
    },
    {
      when: 'in its turn, when another one was faster',
      counters: { take: async () => ({ isRefused: true, retryAfterMs: 1_500 }) as const },
    },
  ])('is refused $when, and not hashed', async ({ counters }) => {
    const { attempts, done } = attemptsOn(counters);
    const refused = attempts.verify(attempt);
    await expect(refused).rejects.toThrow(RateLimitedError);
    await expect(refused).rejects.toMatchObject({ facts: { retryAfterSeconds: 2 } });
    expect(done).toEqual([]);
  });

  it('is not hashed when the database does not count it', async () => {
    const { attempts, done } = attemptsOn({ take: () => Promise.reject(new Error('down')) });
    await expect(attempts.verify(attempt)).rejects.toThrow('down');
    expect(done).toEqual([]);
  });

  it.each([
    {
      what: 'account',
      detail: 'No further attempts at this account until 2026-03-01T12:15:00.000Z.',
    },
    {
      what: 'address',
      detail: 'No further attempts from this address until 2026-03-01T12:15:00.000Z.',
    },
  ] as const)(
    'that fails as the last one of its $what is written down',
    async ({ what, detail }) => {
      const { attempts, done } = attemptsOn({
        take: async () => ({ isRefused: false, marks: [], exhausted: { what, endsAt } }),
      });
      const limited = { action: 'login.limited', actor: null, ip: attempt.ip, detail };
      await attempts.verify(attempt);
      expect(done).toEqual(['hash']);
      await attempts.verify({ ...attempt, password: 'wrong' });
      await attempts.verify({ ...attempt, account: null });
      expect(done).toEqual([
        'hash',
        'hash',
        { ...limited, subjectId: 'the-id' },
        'hash',
        { ...limited, subjectId: null },
      ]);
    },
  );

  it('that cannot be forgiven fails nothing else, and is reported after a minute of tries', async () => {
    const down = new Error('down');
    const { attempts, done } = attemptsOn({
      take: async () => ({ isRefused: false, marks: [ofAddress], exhausted: null }),
      giveBack: () => Promise.reject(down),
    });
    const outcome = await attempts.verify(attempt);
    await expect(outcome.forgive()).resolves.toBeUndefined();
    await eventually(() => expect(done.at(-1)).toBe(down));
    const waits = done.slice(1, -1).map(Number);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(60_000);
  });

  it('that is forgiven later is given back once in each window, as soon as the database is there', async () => {
    const givenBack: string[] = [];
    let tries = 0;
    const { attempts } = attemptsOn({
      take: async () => ({ isRefused: false, marks: [ofAddress, ofAccount], exhausted: null }),
      giveBack: async (marks) => {
        tries += 1;
        if (tries === 2) throw new Error('down');
        givenBack.push(...marks.map(({ key }) => key));
      },
    });
    (await attempts.verify(attempt)).forgiveLater();
    await eventually(() => expect(givenBack).toEqual(['address', 'account']));
    expect(tries).toBe(3);
  });
});
