import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseConnection } from './connection.ts';
import { NoAnswerError } from './no-answer-error.ts';

/** What some work may still wait for. Moments are by `performance.now()`. */
interface Budget {
  readonly totalMs: number;
  readonly begunAtMs: number;
  readonly endsAtMs: number;
  /** How long it has been away from the database, on purpose, whatever it did beside each other. */
  awayMs: number;
  away: number;
  awaySinceMs: number;
  /** The work has ended: what goes on in its place is not part of it. */
  isOver: boolean;
}

/** Of its total, work that was away for long may still spend this share on the database. */
const reservedShare = 0.3;

const budgets = new AsyncLocalStorage<Budget>();
let followed = 0;

/**
 * Runs `work`, which is given up `totalMs` after its beginning, and `deadlineMs` after it in any case. Each of
 * its waits for the database ends with an error then, so that what it had begun to write is undone.
 *
 * Time that it spends away from the database (`awayFromDatabase`), such as in a line for hashes, makes that
 * later, as long as the database itself was quick: 30 % of the total are then kept for it.
 *
 * It is for work that somebody waits for. What was started in it and goes on when it has ended, such as a
 * timer, has no such limit.
 *
 * @throws {NoAnswerError} when it is given up, whatever it waits for: it may wait for a statement that was
 * sent for others too, and so has their limit.
 */
export async function withDatabaseTime<Result>(
  totalMs: number,
  work: () => Promise<Result>,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<Result> {
  followed += 1;
  const begunAtMs = performance.now();
  const budget: Budget = {
    ...{ totalMs, begunAtMs, endsAtMs: begunAtMs + deadlineMs },
    ...{ awayMs: 0, away: 0, awaySinceMs: 0, isOver: false },
  };
  const working = budgets.run(budget, work).finally(() => {
    budget.isOver = true;
    followed -= 1;
    // While anything is followed, each promise of the process costs more: up to Node.js 22 a small
    // query half as much again.
    if (followed === 0) budgets.disable();
  });
  const alarm = startAlarm(budget);
  try {
    return await Promise.race([working, alarm.rings]);
  } finally {
    alarm.stop();
  }
}

/** Rings when there is no time left, however often it has become more meanwhile. */
function startAlarm(budget: Budget) {
  let timer: NodeJS.Timeout | undefined;
  const rings = new Promise<never>((_resolve, reject) => {
    function look(): void {
      const leftMs = leftOf(budget);
      const waitMs = Math.min(Math.max(leftMs, shortestTimerMs), longestTimerMs);
      if (leftMs > 0) timer = setTimeout(look, waitMs);
      else reject(new NoAnswerError(budget.totalMs));
    }
    look();
  });
  return { rings, stop: () => clearTimeout(timer) };
}

/** Away from the database little is left for long, and nobody needs to look each moment. */
const shortestTimerMs = 10;
/** The most that Node.js takes; what is longer would ring at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Does something that needs no database, such as waiting for a turn to hash. */
export async function awayFromDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  const budget = budgets.getStore();
  if (budget === undefined) return work();
  if (budget.away === 0) budget.awaySinceMs = performance.now();
  budget.away += 1;
  try {
    return await work();
  } finally {
    budget.away -= 1;
    if (budget.away === 0) budget.awayMs += performance.now() - budget.awaySinceMs;
  }
}

/**
 * Runs `work`, which is waited for no longer than `totalMs`, whatever it waits for. It goes on by itself
 * then, so it may only read.
 *
 * @throws {NoAnswerError}
 */
export function withReadTime<Result>(
  totalMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const working = work();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswerError(totalMs)), totalMs);
    const settle = (say: () => void) => {
      clearTimeout(timer);
      say();
    };
    working.then(
      (result) => settle(() => resolve(result)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}

/** What the work of one request may take, in milliseconds. */
export interface DatabaseTimeLimits {
  /** Of all but what it does away from the database. */
  readonly totalMs: number;
  /** Of all. */
  readonly deadlineMs: number;
}

/** Makes what limits the work of a request: what may write, and what only reads. */
export const createDatabaseTime = (
  { kind }: Pick<DatabaseConnection, 'kind'>,
  { totalMs, deadlineMs }: DatabaseTimeLimits,
) => {
  // The embedded database is in this process: it is never away, and nothing ends what waits for it.
  const withoutLimit = <Result>(work: () => Promise<Result>) => work();
  if (kind === 'embedded') return { inDatabaseTime: withoutLimit, inReadTime: withoutLimit };
  return {
    inDatabaseTime: <Result>(work: () => Promise<Result>) =>
      withDatabaseTime(totalMs, work, deadlineMs),
    inReadTime: <Result>(work: () => Promise<Result>) => withReadTime(totalMs, work),
  };
};

/** How long the work under way may still wait for the database; `Infinity` without a limit. */
export function databaseTimeLeftMs(): number {
  const budget = budgets.getStore();
  return budget === undefined || budget.isOver ? Number.POSITIVE_INFINITY : leftOf(budget);
}

function leftOf({ totalMs, begunAtMs, endsAtMs, ...budget }: Budget): number {
  const nowMs = performance.now();
  const ageMs = nowMs - begunAtMs;
  const awayMs = budget.awayMs + (budget.away > 0 ? nowMs - budget.awaySinceMs : 0);
  const reservedMs = reservedShare * totalMs - (ageMs - awayMs);
  return Math.min(Math.max(totalMs - ageMs, reservedMs), endsAtMs - nowMs);
}
