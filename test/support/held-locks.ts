import { expect } from 'vitest';
import type { TestServer } from './test-server.ts';

/** What happens beside a transaction that holds locks, on PostgreSQL. */
export const createHeldLocks = (server: () => Pick<TestServer, 'owner'>) => ({
  /** Resolves when this many statements on the server's database wait for a lock. */
  untilWaiting: (count: number) =>
    expect
      .poll(async () => {
        const waiting = await server().owner.database.$queryRaw<unknown[]>`
          SELECT 1 FROM pg_locks WHERE NOT granted
            AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`;
        return waiting.length;
      })
      .toBe(count),

  /** Runs `work` while the owner of the database has done these statements and not committed them. */
  beside: <Result>(statements: readonly string[], work: () => Promise<Result>) =>
    server().owner.database.$transaction(
      async (transaction) => {
        for (const statement of statements) await transaction.$executeRawUnsafe(statement);
        return work();
      },
      { timeout: 60_000 },
    ),
});
