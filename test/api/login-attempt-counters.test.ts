import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { connectRedis, type Redis } from '../../packages/redis/src/connect-redis.ts';
import { loginAttemptScripts } from '../../packages/redis/src/login-attempt-scripts.ts';
import { createRedisLoginAttempts } from '../../packages/redis/src/redis-login-attempts.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { type Counted, countersOf } from '../../src/identity/sessions/login/attempt-counters.ts';
import {
  createLoginAttemptStore,
  type LoginAttemptStoreOptions,
} from '../../src/identity/sessions/login/login-attempts.store.ts';
import type { LoginAttemptStore, Mark, TakeOutcome } from '../../src/values/login-attempt-store.ts';
import {
  type RedisServer,
  redisNote,
  redisServer,
  startRedisServer,
} from '../support/redis-server.ts';
import { createTestDatabase } from '../support/test-database.ts';

let connection: DatabaseConnection;
let server: RedisServer;
type NodeRedis = Redis<keyof typeof loginAttemptScripts>;
/** The connections of two nodes. */
let redis: NodeRedis;
let otherRedis: NodeRedis;

type LoginLimits = LoginAttemptStoreOptions['limits'];

/** A store of counters, with its limits. */
interface Counters {
  readonly refusedForMs: (counted: Counted) => Promise<number>;
  readonly take: (counted: Counted) => Promise<TakeOutcome>;
  readonly giveBack: (marks: readonly Mark[]) => Promise<void>;
}

/** A store of counters, and what the tests see of it. */
interface Kind {
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly create: (limits: LoginLimits) => LoginAttemptStore;
  /** The points by the keys. */
  readonly rows: () => Promise<readonly (readonly [key: string, points: number])[]>;
  readonly clear: () => Promise<unknown>;
  readonly testRemoval: (create: Create, passSeconds: PassSeconds) => void;
}

const sam = { usernameKey: 'sam', ip: '203.0.113.7' };
const now = () => new Date();
const table: Kind = {
  open: async () => {
    connection = await createTestDatabase();
  },
  close: () => connection.close(),
  create: (limits) => createLoginAttemptStore({ database: connection.database, limits, now }),
  async rows() {
    const rows = await connection.database.rateLimit.findMany({ orderBy: { key: 'asc' } });
    return rows.map(({ key, points }) => [key, points]);
  },
  clear: () => connection.database.rateLimit.deleteMany(),
  testRemoval: testCleaning,
};
const inRedis: Kind = {
  async open() {
    server = await startRedisServer();
    const options = { url: server.url, scripts: loginAttemptScripts, timeoutMs: 5_000 };
    [redis, otherRedis] = [connectRedis(options), connectRedis(options)];
    await Promise.all([redis.connected(), otherRedis.connected()]);
  },
  async close() {
    redis.close();
    otherRedis.close();
    await server.remove();
  },
  create(limits) {
    [redis, otherRedis] = [otherRedis, redis];
    return createRedisLoginAttempts({
      run: redis.run,
      windowSeconds: limits.windowSeconds,
      now,
    });
  },
  async rows() {
    const keys = z.array(z.string()).parse(await redis.send('KEYS', 'gatehouse:*'));
    const points = keys
      .toSorted()
      .map(async (key) => [key, await redis.send('HGET', key, 'points')]);
    return z.array(z.tuple([z.string(), z.coerce.number()])).parse(await Promise.all(points));
  },
  clear: () => redis.send('FLUSHALL'),
  testRemoval: testExpiry,
};

// Redis does not depend on the kind of database.
const kinds = [
  { name: 'in the table', kind: table, runs: true },
  ...(process.env.TEST_DATABASE_KIND === 'postgresql'
    ? []
    : [{ name: `in Redis${redisNote}`, kind: inRedis, runs: redisServer !== undefined }]),
];

for (const { name, kind, runs } of kinds) {
  describe.runIf(runs)(`the counters ${name}`, () => {
    beforeAll(kind.open);
    afterAll(kind.close);
    // The tests stop the clock, and set it.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
    afterEach(async () => {
      vi.useRealTimers();
      await kind.clear();
    });

    const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

    /** The counters of one node. */
    const countersWith: Create = (changed) => {
      const limits = { perAccount: 3, perAddress: 100, windowSeconds: 900, ...changed };
      const store = kind.create(limits);
      return {
        refusedForMs: (counted) => store.refusedForMs(countersOf(counted, limits)),
        take: (counted) => store.take(countersOf(counted, limits)),
        giveBack: store.giveBack,
      };
    };

    /** Takes attempts one after the other, and returns which were admitted. */
    async function takeTimes(
      counters: ReturnType<typeof countersWith>,
      times: number,
      counted: Counted = sam,
    ): Promise<readonly boolean[]> {
      const taken: boolean[] = [];
      for (let n = 0; n < times; n += 1) taken.push(!(await counters.take(counted)).isRefused);
      return taken;
    }

    const marksOf = (taken: TakeOutcome) => (taken.isRefused ? [] : taken.marks);
    const { rows } = kind;

    describe('an attempt from an unknown address', () => {
      it('is counted by its account alone', async () => {
        const counters = countersWith({ perAddress: 1 });
        const unknown = { ...sam, ip: undefined };
        expect(await takeTimes(counters, 4, unknown)).toEqual([true, true, true, false]);
        expect(await counters.refusedForMs(unknown)).toBe(900_000);
        const other = { usernameKey: 'olga', ip: undefined };
        expect(await takeTimes(counters, 3, other)).toEqual([true, true, true]);
        expect((await rows()).map(([, points]) => points)).toEqual([3, 3]);
      });

      it('is given back', async () => {
        const counters = countersWith({ perAccount: 1 });
        const taken = await counters.take({ ...sam, ip: undefined });
        expect(taken).toMatchObject({ exhausted: { what: 'account' } });
        await counters.giveBack(marksOf(taken));
        expect(await takeTimes(counters, 2)).toEqual([true, false]);
      });
    });

    describe('the counter of an account', () => {
      it('admits as many attempts as its limit, from any address', async () => {
        const counters = countersWith();
        expect(await takeTimes(counters, 2)).toEqual([true, true]);
        const elsewhere = { ...sam, ip: '2001:db8::1' };
        expect(await takeTimes(counters, 2, elsewhere)).toEqual([true, false]);
        expect(await takeTimes(counters, 1, { ...sam, usernameKey: 'olga' })).toEqual([true]);
      });

      it('admits exactly as many concurrent attempts as the limit leaves', async () => {
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
        expect((await rows()).map(([, points]) => points)).toEqual([3, 3]);
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

      it('admits as many attempts as its limit, at any account', async () => {
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
          true,
          true,
          true,
          false,
        ]);
      });

      it('is one for a whole IPv6 network', async () => {
        const some = counters();
        for (let n = 1; n <= 4; n += 1)
          await some.take({ usernameKey: `u${n}`, ip: `2001:db8::${n}` });
        expect(await some.refusedForMs({ usernameKey: 'u5', ip: '2001:db8::5' })).toBeGreaterThan(
          0,
        );
        expect(await some.refusedForMs({ usernameKey: 'u5', ip: '2001:db8:0:1::5' })).toBe(0);
      });
    });

    describe('the rows', () => {
      it('hold neither usernames nor addresses', async () => {
        await countersWith().take({ usernameKey: 'samantha', ip: '203.0.113.7' });
        const keys = (await rows()).map(([key]) => key);
        expect(keys).toEqual([
          expect.stringMatching(/^(gatehouse:)?account:[\w-]{43}$/),
          expect.stringMatching(/^(gatehouse:)?address:[\w-]{43}$/),
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
    });

    kind.testRemoval(countersWith, passSeconds);
  });
}

type Create = (limits?: Partial<LoginLimits>) => Counters;
type PassSeconds = (seconds: number) => void;

function testCleaning(countersWith: Create, passSeconds: PassSeconds): void {
  it('are removed some time after their window has ended', async () => {
    const { rows } = table;
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
}

function testExpiry(countersWith: Create, passSeconds: PassSeconds): void {
  const { rows } = inRedis;

  it('expire with their window', async () => {
    const counters = countersWith({ windowSeconds: 60 });
    await counters.take(sam);
    passSeconds(40);
    await counters.take(sam);
    const keys = (await rows()).map(([key]) => key);
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const leftMs = await redis.send('PTTL', key);
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(20_000);
    }
  });

  it('are gone when their window has ended', async () => {
    vi.useRealTimers();
    await countersWith({ windowSeconds: 1 }).take(sam);
    expect(await rows()).toHaveLength(2);
    await expect.poll(rows).toEqual([]);
  });
}
