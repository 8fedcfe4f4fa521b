import { AsyncLocalStorage } from 'node:async_hooks';

/** How long some work has waited for the database, whatever waits ran beside each other. */
interface Budget {
  readonly totalMs: number;
  spentMs: number;
  waits: number;
  waitsSinceMs: number;
}

const budgets = new AsyncLocalStorage<Budget>();

/**
 * Runs `work`, which may wait for the database for `totalMs` in all: after that each of its waits ends with
 * an error. Other waits, such as for a turn to hash, do not count.
 *
 * It is for work that somebody waits for: what is started in it and goes on by itself has the same limit.
 */
export const withDatabaseTime = <Result>(totalMs: number, work: () => Result): Result =>
  budgets.run({ totalMs, spentMs: 0, waits: 0, waitsSinceMs: 0 }, work);

/** How long the work under way may still wait for the database; `Infinity` without a limit. */
export function databaseTimeLeftMs(): number {
  const budget = budgets.getStore();
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const waitingMs = budget.waits === 0 ? 0 : performance.now() - budget.waitsSinceMs;
  return budget.totalMs - budget.spentMs - waitingMs;
}

/** Counts a wait for the database. */
export async function countDatabaseTime<Result>(wait: Promise<Result>): Promise<Result> {
  const budget = budgets.getStore();
  if (budget === undefined) return wait;
  if (budget.waits === 0) budget.waitsSinceMs = performance.now();
  budget.waits += 1;
  try {
    return await wait;
  } finally {
    budget.waits -= 1;
    if (budget.waits === 0) budget.spentMs += performance.now() - budget.waitsSinceMs;
  }
}
