import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseConnection } from './connection.ts';
import { NoAnswerError } from './no-answer-error.ts';

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
let followed = 0;

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
  followed += 1;
  const endsAtMs = performance.now() + deadlineMs;
  const budget = { totalMs, spentMs: 0, waits: 0, waitsSinceMs: 0, endsAtMs, isOver: false };
  try {
    return await budgets.run(budget, work);
  } finally {
    budget.isOver = true;
    followed -= 1;
    // While anything is followed, each promise of the process costs more: up to Node.js 22 a small
    // query half as much again.
    if (followed === 0) budgets.disable();
  }
}

/**
 * Runs `work`, which is waited for no longer than `totalMs`, whatever it waits for. It goes on by itself
 * then, so it may only read.
 *
 * @throws {NoAnswerError}
 */
export async function withReadTime<Result>(
  totalMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(totalMs)), totalMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the work of one request may take, in milliseconds. */
export interface DatabaseTimeLimits {
  /** Of waiting for the database. */
  readonly totalMs: number;
  /** Of all. */
  readonly deadlineMs: number;
}

/** Makes what limits the work of a request: what may write, and what only reads. */
export const createDatabaseTime = (
  { kind }: Pick<DatabaseConnection, 'kind'>,
  { totalMs, deadlineMs }: DatabaseTimeLimits,
) => ({
  inDatabaseTime: <Result>(work: () => Promise<Result>) =>
    withDatabaseTime(totalMs, work, deadlineMs),
  // The embedded database is in this process: it is never away.
  inReadTime: <Result>(work: () => Promise<Result>) =>
    kind === 'embedded' ? work() : withReadTime(totalMs, work),
});

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
