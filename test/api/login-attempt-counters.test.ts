import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import {
  createLoginAttemptStore,
  type LoginLimits,
  type TakeOutcome,
} from '../../src/identity/sessions/login-attempts.store.ts';
import { createTestDatabase } from '../support/test-database.ts';

let connection: DatabaseConnection;
beforeAll(async () => {
  connection = await createTestDatabase();
});
afterAll(() => connection.close());
// The library reads the system's clock: the tests stop it, and set it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(async () => {
  vi.useRealTimers();
  await connection.database.rateLimit.deleteMany();
});

const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** The counters of one node. */
const countersWith = (limits: Partial<LoginLimits> = {}) =>
  createLoginAttemptStore({
    database: connection.database,
    limits: { perAccount: 3, perAddress: 100, windowSeconds: 900, ...limits },
    now: () => new Date(),
  });

const sam = { usernameKey: 'sam', ip: '203.0.113.7' };

/** Takes attempts one after the other, and tells which were let in. */
async function takeTimes(
  counters: ReturnType<typeof countersWith>,
  times: number,
  counted = sam,
): Promise<readonly boolean[]> {
  const taken: boolean[] = [];
  for (let n = 0; n < times; n += 1) taken.push(!(await counters.take(counted)).isRefused);
  return taken;
}

const marksOf = (taken: TakeOutcome) => (taken.isRefused ? [] : taken.marks);
const rows = () => connection.database.rateLimit.findMany({ orderBy: { key: 'asc' } });

describe('the counter of an account', () => {
  it('lets in as many attempts as its bound, from whatever address', async () => {
    const counters = countersWith();
    expect(await takeTimes(counters, 2)).toEqual([true, true]);
    const elsewhere = { ...sam, ip: '2001:db8::1' };
    expect(await takeTimes(counters, 2, elsewhere)).toEqual([true, false]);
    expect(await takeTimes(counters, 1, { ...sam, usernameKey: 'olga' })).toEqual([true]);
  });

  it('lets in exactly as many of those that race as there is room for', async () => {
    const nodes = [countersWith(), countersWith()];
    await nodes[0]?.take(sam);
    await nodes[1]?.take(sam);
    const racing = Array.from({ length: 20 }, (_, n) => nodes[n % 2]?.take(sam));
    const taken = await Promise.all(racing);
    expect(taken.filter((each) => each?.isRefused === false)).toHaveLength(1);
  });

  it('says what takes no further attempt, and until when', async () => {
    const counters = countersWith({ perAccount: 2 });
    expect(await counters.take(sam)).toMatchObject({ exhausted: null });
    expect(await counters.take(sam)).toMatchObject({
      exhausted: { what: 'account', endsAt: new Date(Date.now() + 900_000) },
    });
  });

  it('refuses until the window of the first attempt ends, and not longer', async () => {
    const counters = countersWith();
    await counters.take(sam);
    passSeconds(600);
    await takeTimes(counters, 2);
    expect(await counters.take(sam)).toEqual({ isRefused: true, retryAfterMs: 300_000 });
    passSeconds(299);
    expect(await counters.refusedForMs(sam)).toBe(1_000);
    expect(await takeTimes(counters, 5)).toEqual(Array(5).fill(false));
    passSeconds(1);
    expect(await counters.refusedForMs(sam)).toBe(0);
    expect(await takeTimes(counters, 4)).toEqual([true, true, true, false]);
  });

  it('counts no attempt that was refused', async () => {
    const counters = countersWith();
    const [first] = [await counters.take(sam)];
    await takeTimes(counters, 10);
    expect((await rows()).map(({ points }) => points)).toEqual([3, 3]);
    await counters.giveBack(marksOf(first));
    expect(await takeTimes(counters, 2)).toEqual([true, false]);
  });

  it('gives nothing back to a window that has begun since', async () => {
    const counters = countersWith();
    const old = await counters.take(sam);
    passSeconds(900);
    expect(await takeTimes(counters, 3)).toEqual([true, true, true]);
    await counters.giveBack(marksOf(old));
    expect(await takeTimes(counters, 1)).toEqual([false]);
  });

  it('is never below nothing, however often an attempt is given back', async () => {
    const counters = countersWith();
    const taken = await counters.take(sam);
    for (let n = 0; n < 3; n += 1) await counters.giveBack(marksOf(taken));
    expect(await takeTimes(counters, 4)).toEqual([true, true, true, false]);
  });
});

describe('the counter of an address', () => {
  const counters = () => countersWith({ perAccount: 3, perAddress: 4 });

  it('lets in as many attempts as its bound, at whatever account', async () => {
    const some = counters();
    const at = (usernameKey: string, ip = sam.ip) => some.take({ usernameKey, ip });
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(await at(name)).toMatchObject({ isRefused: false });
    }
    expect(await at('e')).toMatchObject({ isRefused: true });
    expect(await at('e', '203.0.113.8')).toMatchObject({ isRefused: false });
  });

  it('uses up no account once it is used up itself', async () => {
    const some = counters();
    for (const usernameKey of ['a', 'b', 'c', 'd']) await some.take({ ...sam, usernameKey });
    expect(await takeTimes(some, 5)).toEqual(Array(5).fill(false));
    expect(await takeTimes(some, 4, { ...sam, ip: '203.0.113.8' })).toEqual([
      ...[true, true, true],
      false,
    ]);
  });

  it('is one for a whole IPv6 network', async () => {
    const some = counters();
    for (let n = 1; n <= 4; n += 1) await some.take({ usernameKey: `u${n}`, ip: `2001:db8::${n}` });
    expect(await some.refusedForMs({ usernameKey: 'u5', ip: '2001:db8::5' })).toBeGreaterThan(0);
    expect(await some.refusedForMs({ usernameKey: 'u5', ip: '2001:db8:0:1::5' })).toBe(0);
  });
});

describe('the rows', () => {
  it('hold neither usernames nor addresses', async () => {
    await countersWith().take({ usernameKey: 'samantha', ip: '203.0.113.7' });
    const keys = (await rows()).map(({ key }) => key);
    expect(keys).toEqual([
      expect.stringMatching(/^account:[\w-]{43}$/),
      expect.stringMatching(/^address:[\w-]{43}$/),
    ]);
  });

  it.each([
    { what: 'a NUL', name: '\0' },
    { what: 'half a surrogate pair', name: '\ud800' },
    { what: '100,000 letters', name: 'a'.repeat(100_000) },
    { what: 'nothing', name: '' },
  ])('are there for a name that no user can have: $what', async ({ name }) => {
    const attempts = await takeTimes(countersWith(), 4, { ...sam, usernameKey: name });
    expect(attempts).toEqual([true, true, true, false]);
  });

  it('are removed some time after their window has ended', async () => {
    const counters = countersWith();
    await counters.take(sam);
    passSeconds(900);
    await counters.take({ usernameKey: 'olga', ip: '203.0.113.8' });
    expect(await rows()).toHaveLength(2);
    passSeconds(30);
    await counters.take({ usernameKey: 'tom', ip: '203.0.113.9' });
    expect(await rows()).toHaveLength(4);
    passSeconds(890);
    await counters.take({ usernameKey: 'tom', ip: '203.0.113.9' });
    expect(await rows()).toHaveLength(2);
  });
});
