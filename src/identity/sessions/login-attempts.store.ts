import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { toAddressKey } from '../../authentication/address-key.ts';
import type { Database } from '../../database/connect.ts';

/** The maximum number of failed attempts in a window, which begins with the first one. */
export interface LoginLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly windowSeconds: number;
}

export interface LoginAttemptStoreOptions {
  readonly database: Database;
  readonly limits: LoginLimits;
  /** The system's clock, which the counting library uses too. */
  readonly now: () => Date;
}

/** The keys under which an attempt is counted. */
export interface Counted {
  readonly usernameKey: string;
  readonly ip: string;
}

/** A counted attempt. */
export interface Taken {
  readonly isRefused: false;
  readonly marks: readonly Mark[];
  /** The counter that has no attempts left while this one counts, and when its window ends. */
  readonly exhausted: { readonly what: 'account' | 'address'; readonly endsAt: Date } | null;
}

/** A counted attempt, or the refusal of one. */
export type TakeOutcome = Taken | { readonly isRefused: true; readonly retryAfterMs: number };

/** One attempt in one window of one counter. */
export interface Mark {
  readonly key: string;
  readonly windowEndsAt: Date;
}

export type LoginAttemptStore = ReturnType<typeof createLoginAttemptStore>;

const gatehouseSchema = 'gatehouse';
const table = 'rate_limits';
const cleaningIntervalMs = 60_000;
/** The maximum number of rows that one attempt removes, while its client waits. */
const maxCleanedRows = 500;

/**
 * Counts login attempts, for all nodes on the same database.
 *
 * Each attempt is one upsert for each counter, so concurrent attempts cannot exceed the limit. Usernames and
 * addresses are stored only as their SHA-256.
 */
export function createLoginAttemptStore({ database, limits, now }: LoginAttemptStoreOptions) {
  const limiterOf = (what: 'account' | 'address', points: number) =>
    new RateLimiterPostgres({
      ...{ keyPrefix: what, points, duration: limits.windowSeconds },
      ...{ storeClient: toClient(database), storeType: 'client' },
      ...{
        schemaName: gatehouseSchema,
        tableName: table,
        tableCreated: true,
        clearExpiredByTimeout: false,
      },
    });
  const accounts = limiterOf('account', limits.perAccount);
  const addresses = limiterOf('address', limits.perAddress);
  const cleanNowAndThen = createCleaner({ database, now });

  const countIn = async (limiter: RateLimiterPostgres, key: string) => {
    const { isIn, result } = await consume(limiter, key);
    // Before the end of the next window, and after the end of the current one.
    const windowEndsAt = new Date(now().getTime() + result.msBeforeNext);
    return { isIn, result, mark: { key: limiter.getKey(key), windowEndsAt } };
  };

  const giveBack = async (marks: readonly Mark[]): Promise<void> => {
    // One after another, since two statements that lock both rows could wait for each other.
    for (const { key, windowEndsAt } of marks) {
      await database.rateLimit.updateMany({
        where: { key, points: { gt: 0 }, expire: { lte: windowEndsAt.getTime() } },
        data: { points: { decrement: 1 } },
      });
    }
  };

  return {
    /** Returns how long an attempt would be refused, or 0. Counts nothing. */
    async refusedForMs({ usernameKey, ip }: Counted): Promise<number> {
      const bounds = new Map([
        [addresses.getKey(digest(toAddressKey(ip))), limits.perAddress],
        [accounts.getKey(digest(usernameKey)), limits.perAccount],
      ]);
      const nowMs = now().getTime();
      const rows = await database.rateLimit.findMany({
        where: { key: { in: [...bounds.keys()] }, expire: { gt: nowMs } },
      });
      const full = rows.filter(({ key, points }) => points >= (bounds.get(key) ?? 0));
      return Math.max(0, ...full.map(({ expire }) => Number(expire) - nowMs));
    },

    /** Counts an attempt. If it is refused, nothing is counted. */
    async take({ usernameKey, ip }: Counted): Promise<TakeOutcome> {
      await cleanNowAndThen();
      // The address first: an address without attempts left cannot use up those of accounts.
      const address = await countIn(addresses, digest(toAddressKey(ip)));
      if (!address.isIn) {
        await giveBack([address.mark]);
        return { isRefused: true, retryAfterMs: address.result.msBeforeNext };
      }
      const account = await countIn(accounts, digest(usernameKey));
      const marks = [address.mark, account.mark];
      if (!account.isIn) {
        await giveBack(marks);
        return { isRefused: true, retryAfterMs: account.result.msBeforeNext };
      }
      const [first = null] = [
        { what: 'account' as const, ...account },
        { what: 'address' as const, ...address },
      ].filter(({ result }) => result.remainingPoints === 0);
      const exhausted = first && { what: first.what, endsAt: first.mark.windowEndsAt };
      return { isRefused: false, marks, exhausted };
    },

    /** Subtracts an attempt, unless a new window has begun since. */
    giveBack,
  };
}

/** Adds one attempt. The library throws its result when the limit is exceeded. */
async function consume(limiter: RateLimiterPostgres, key: string) {
  try {
    return { isIn: true, result: await limiter.consume(key) };
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return { isIn: false, result: thrown };
    throw thrown;
  }
}

interface CountRow {
  readonly points: number;
  /** Milliseconds since 1970. */
  readonly expire: bigint;
}

/** Adapts Prisma's connections, with their time limits and errors, to the pg client that the library expects. */
const toClient = (database: Database) => ({
  async query({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) {
    const found = await database.$queryRawUnsafe<CountRow[]>(text, ...values);
    const rows = found.map(({ points, expire }) => ({ points, expire: Number(expire) }));
    return { rows, rowCount: rows.length };
  },
});

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Removes rows of expired windows: once a minute in each process, and in each further attempt while there are more. Two
 * rows are written by an attempt, so that they are removed faster than they are added.
 */
function createCleaner({ database, now }: Omit<LoginAttemptStoreOptions, 'limits'>) {
  let cleanedAtMs = 0;
  return async (): Promise<void> => {
    const nowMs = now().getTime();
    if (nowMs - cleanedAtMs < cleaningIntervalMs) return;
    cleanedAtMs = nowMs;
    const removed = await database.$executeRaw`
      DELETE FROM gatehouse.rate_limits WHERE key = ANY (ARRAY(
        SELECT key FROM gatehouse.rate_limits WHERE expire <= ${nowMs}::bigint
        ORDER BY expire LIMIT ${maxCleanedRows}::int FOR UPDATE SKIP LOCKED))`;
    if (removed === maxCleanedRows) cleanedAtMs = 0;
  };
}
