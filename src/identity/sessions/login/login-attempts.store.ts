import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../../../database/connect.ts';
import type {
  AttemptCounter,
  LoginAttemptStore,
  Mark,
} from '../../../values/login-attempt-store.ts';
import type { LoginLimits } from '../attempt-counters.ts';

export interface LoginAttemptStoreOptions {
  readonly database: Database;
  readonly limits: LoginLimits & { readonly windowSeconds: number };
  /** The system's clock, which the counting library uses too. */
  readonly now: () => Date;
}

const gatehouseSchema = 'gatehouse';
const table = 'rate_limits';
const cleaningIntervalMs = 60_000;
/** The maximum number of rows that one attempt removes, while its client waits. */
const maxCleanedRows = 500;

/**
 * Counts login attempts in a table, for all nodes on the same database.
 *
 * Each attempt is one upsert for each counter, so concurrent attempts cannot exceed the limit.
 */
export function createLoginAttemptStore(options: LoginAttemptStoreOptions): LoginAttemptStore {
  const { database, now } = options;
  const limiters = createLimiters(options);
  const cleanNowAndThen = createCleaner({ database, now });

  const countIn = async ({ what, name }: AttemptCounter) => {
    const limiter = limiters[what];
    const { isIn, result } = await consume(limiter, name);
    // Before the end of the next window, and after the end of the current one.
    const windowEndsAt = new Date(now().getTime() + result.msBeforeNext);
    return { what, isIn, result, mark: { key: limiter.getKey(name), windowEndsAt } };
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
    async refusedForMs(counters) {
      const bounds = new Map(
        counters.map(({ what, name, limit }) => [limiters[what].getKey(name), limit]),
      );
      const nowMs = now().getTime();
      const rows = await database.rateLimit.findMany({
        where: { key: { in: [...bounds.keys()] }, expire: { gt: nowMs } },
      });
      const full = rows.filter(({ key, points }) => points >= (bounds.get(key) ?? 0));
      return Math.max(0, ...full.map(({ expire }) => Number(expire) - nowMs));
    },

    async take(counters) {
      await cleanNowAndThen();
      const taken: Awaited<ReturnType<typeof countIn>>[] = [];
      for (const counter of counters) {
        const count = await countIn(counter);
        taken.push(count);
        if (count.isIn) continue;
        await giveBack(taken.map(({ mark }) => mark));
        return { isRefused: true, retryAfterMs: count.result.msBeforeNext };
      }
      const last = taken.findLast(({ result }) => result.remainingPoints === 0);
      const exhausted = last ? { what: last.what, endsAt: last.mark.windowEndsAt } : null;
      return { isRefused: false, marks: taken.map(({ mark }) => mark), exhausted };
    },

    giveBack,
  };
}

function createLimiters({ database, limits }: LoginAttemptStoreOptions) {
  const limiterOf = (what: AttemptCounter['what'], points: number) =>
    new RateLimiterPostgres({
      keyPrefix: what,
      points,
      duration: limits.windowSeconds,
      storeClient: toClient(database),
      storeType: 'client',
      schemaName: gatehouseSchema,
      tableName: table,
      tableCreated: true,
      clearExpiredByTimeout: false,
    });
  return {
    account: limiterOf('account', limits.perAccount),
    address: limiterOf('address', limits.perAddress),
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
