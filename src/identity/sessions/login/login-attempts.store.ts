import type { Database } from '../../../database/connect.ts';
import type { AttemptCounter, LoginAttemptStore } from '../../../values/login-attempt-store.ts';
import type { LoginLimits } from './attempt-counters.ts';

export interface LoginAttemptStoreOptions {
  readonly database: Database;
  readonly limits: LoginLimits & { readonly windowSeconds: number };
  readonly now: () => Date;
}

const cleaningIntervalMs = 60_000;
/** The maximum number of rows that one attempt removes, while its client waits. */
const maxCleanedRows = 500;

/**
 * Counts login attempts in a table, for all nodes on the same database.
 *
 * Each attempt is one upsert for each counter, so concurrent attempts cannot exceed the limit.
 */
export function createLoginAttemptStore(options: LoginAttemptStoreOptions): LoginAttemptStore {
  const { database, limits, now } = options;
  const cleanNowAndThen = createCleaner({ database, now });
  const giveBack = createGiveBack(database);

  /** Adds one attempt, the first one of a window if that of earlier ones has ended. */
  async function count({ what, name, limit }: AttemptCounter) {
    const nowMs = now().getTime();
    const endsAtMs = nowMs + limits.windowSeconds * 1000;
    const key = keyOf({ what, name });
    const [row] = await database.$queryRaw<CountRow[]>`
      INSERT INTO gatehouse.rate_limits AS counted (key, points, expire)
      VALUES (${key}, 1, ${endsAtMs}::bigint)
      ON CONFLICT (key) DO UPDATE SET
        points = CASE WHEN counted.expire <= ${nowMs}::bigint THEN 1 ELSE counted.points + 1 END,
        expire = CASE WHEN counted.expire <= ${nowMs}::bigint THEN excluded.expire ELSE counted.expire END
      RETURNING points, expire`;
    if (row === undefined) throw new Error('The attempt was not counted.');
    const windowEndsAt = new Date(Number(row.expire));
    return { what, limit, points: row.points, mark: { key, windowEndsAt } };
  }

  return {
    async refusedForMs(counters) {
      const bounds = new Map(counters.map((counter) => [keyOf(counter), counter.limit]));
      const nowMs = now().getTime();
      const rows = await database.rateLimit.findMany({
        where: { key: { in: [...bounds.keys()] }, expire: { gt: nowMs } },
      });
      const full = rows.filter(({ key, points }) => points >= (bounds.get(key) ?? 0));
      return Math.max(0, ...full.map(({ expire }) => Number(expire) - nowMs));
    },

    async take(counters) {
      await cleanNowAndThen();
      const taken: Awaited<ReturnType<typeof count>>[] = [];
      for (const counter of counters) {
        const counted = await count(counter);
        taken.push(counted);
        if (counted.points <= counter.limit) continue;
        await giveBack(taken.map(({ mark }) => mark));
        const retryAfterMs = counted.mark.windowEndsAt.getTime() - now().getTime();
        return { isRefused: true, retryAfterMs: Math.max(0, retryAfterMs) };
      }
      const last = taken.findLast(({ points, limit }) => points === limit);
      const exhausted = last ? { what: last.what, endsAt: last.mark.windowEndsAt } : null;
      return { isRefused: false, marks: taken.map(({ mark }) => mark), exhausted };
    },

    giveBack,
  };
}

const createGiveBack =
  (database: Database): LoginAttemptStore['giveBack'] =>
  async (marks) => {
    // One after another, since two statements that lock both rows could wait for each other.
    for (const { key, windowEndsAt } of marks) {
      await database.rateLimit.updateMany({
        where: { key, points: { gt: 0 }, expire: { lte: windowEndsAt.getTime() } },
        data: { points: { decrement: 1 } },
      });
    }
  };

const keyOf = ({ what, name }: Pick<AttemptCounter, 'what' | 'name'>): string => `${what}:${name}`;

interface CountRow {
  readonly points: number;
  /** Milliseconds since 1970. */
  readonly expire: bigint;
}

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
