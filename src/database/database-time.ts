import { AsyncLocalStorage } from 'node:async_hooks';

/** How long some work has waited for the database, whatever waits ran beside each other. */
interface Budget {
  readonly totalMs: number;
  spentMs: number;
  waits: number;
  waitsSinceMs: number;
  /** By `performance.now()`. */
  readonly endsAtMs: number;
  /** The work has ended: what goes on in its place is not part of it. */
  isOver: boolean;
}

const budgets = new AsyncLocalStorage<Budget>();

/**
 * Runs `work`, which may wait for the database for `totalMs` in all, and until `deadlineMs` from now at the
 * latest: after that each of its waits ends with an error. Other waits, such as for a turn to hash, do not
 * count for the total.
 *
 * It is for work that somebody waits for. What was started in it and goes on when it has ended, such as a
 * timer, has no such limit.
 */
export async function withDatabaseTime<Result>(
  totalMs: number,
  work: () => Promise<Result>,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const endsAtMs = performance.now() + deadlineMs;
  const budget = { totalMs, spentMs: 0, waits: 0, waitsSinceMs: 0, endsAtMs, isOver: false };
  try {
    return await budgets.run(budget, work);
  } finally {
    budget.isOver = true;
  }
}

/** How long the work under way may still wait for the database; `Infinity` without a limit. */
export function databaseTimeLeftMs(): number {
  const budget = budgets.getStore();
  if (budget === undefined || budget.isOver) return Number.POSITIVE_INFINITY;
  const waitingMs = budget.waits === 0 ? 0 : performance.now() - budget.waitsSinceMs;
  const leftMs = budget.totalMs - budget.spentMs - waitingMs;
  return Math.min(leftMs, budget.endsAtMs - performance.now());
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
