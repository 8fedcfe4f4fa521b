import { AsyncLocalStorage } from 'node:async_hooks';
import { DeadlineError } from '../../errors.ts';
import type { DatabaseConnection } from '../connection.ts';
import { NoAnswerError } from './no-answer-error.ts';

/** The time budget of one piece of work. Times are those of `performance.now()`. */
interface Budget {
  readonly totalMs: number;
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  /** The total of completed pauses. Overlapping pauses count once. */
  pausedMs: number;
  /** The number of pauses in progress. */
  pauses: number;
  pausedAtMs: number;
  /** Whether the work has ended. What it started and left running has no budget. */
  isOver: boolean;
}

/** Share of the budget kept for the database after waiting elsewhere. */
const reservedShare = 0.3;

const budgets = new AsyncLocalStorage<Budget>();
let active = 0;

/**
 * Runs `work` with a budget of `totalMs` in which it can wait for the database, and at most `deadlineMs` in total.
 * After that each wait for the database rejects, and open transactions are rolled back.
 *
 * However long it pauses in `pauseBudget`, such as in the queue of password hashes, it has at least 30 % of `totalMs`
 * outside its pauses.
 *
 * The budget ends with the work. Tasks that it started and that continue, such as timers, have no limit.
 *
 * @throws {NoAnswerError} when the budget is used up, whatever the work waits for: it can wait for a batched
 *   statement, which has the limit of another request.
 */
export async function withRequestBudget<Result>(
  totalMs: number,
  work: () => Promise<Result>,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<Result> {
  active += 1;
  const startedAtMs = performance.now();
  const budget: Budget = {
    totalMs,
    startedAtMs,
    deadlineAtMs: startedAtMs + deadlineMs,
    pausedMs: 0,
    pauses: 0,
    pausedAtMs: 0,
    isOver: false,
  };
  const working = budgets.run(budget, work).finally(() => {
    budget.isOver = true;
    active -= 1;
    // An active AsyncLocalStorage makes every promise slower: up to Node.js 22 a small query takes half as long again.
    if (active === 0) budgets.disable();
  });
  const timeout = startTimeout(budget);
  try {
    return await Promise.race([working, timeout.rejects]);
  } finally {
    timeout.stop();
  }
}

/** Rejects when the budget is used up. Checks again after each timer, since pauses extend the budget. */
function startTimeout(budget: Budget) {
  let timer: NodeJS.Timeout | undefined;
  const rejects = new Promise<never>((_resolve, reject) => {
    function check(): void {
      const leftMs = leftOf(budget);
      const delayMs = Math.min(Math.max(leftMs, minTimerMs), maxTimerMs);
      if (leftMs > 0) timer = setTimeout(check, delayMs);
      else reject(new NoAnswerError(budget.totalMs));
    }
    check();
  });
  return { rejects, stop: () => clearTimeout(timer) };
}

/** Limits the number of checks during a pause, in which little time can be left for long. */
const minTimerMs = 10;
/** The maximum of Node.js, which runs longer timers immediately. */
const maxTimerMs = 2 ** 31 - 1;

/** Runs `work` that needs no database, such as waiting for a password hash, without using up the budget. */
export async function pauseBudget<Result>(work: () => Promise<Result>): Promise<Result> {
  const budget = budgets.getStore();
  if (budget === undefined) return work();
  if (budget.pauses === 0) budget.pausedAtMs = performance.now();
  budget.pauses += 1;
  try {
    return await work();
  } finally {
    budget.pauses -= 1;
    if (budget.pauses === 0) budget.pausedMs += performance.now() - budget.pausedAtMs;
  }
}

/** Runs work with a time limit. */
type Within = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs `work`, and stops waiting for it after `timeoutMs`, with the error of `toError`. The work is not canceled. */
function withTimeout<Result>(
  timeoutMs: number,
  toError: () => Error,
  work: () => Promise<Result>,
): Promise<Result> {
  const working = work();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(toError()), timeoutMs);
    const settle = (report: () => void) => {
      clearTimeout(timer);
      report();
    };
    working.then(
      (result) => settle(() => resolve(result)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}

/** The time limits of one request, in milliseconds. */
export interface RequestBudgetLimits {
  /** For a request that needs PostgreSQL, without pauses. */
  readonly totalMs: number;
  /** For every request, with pauses. */
  readonly deadlineMs: number;
}

/** Time after the deadline in which an operation can still fail with its own error, which says more. */
const graceMs = 500;

/**
 * Creates the functions that limit the time of requests: `withinReadTimeout` is for requests that only read.
 *
 * At the deadline they reject with {@link DeadlineError}, which is answered with 503. Not 504, which refers to a server
 * behind this one, and not 408, after which clients send the request again.
 */
export const createRequestBudget = (
  { kind }: Pick<DatabaseConnection, 'kind'>,
  { totalMs, deadlineMs }: RequestBudgetLimits,
): { readonly withinBudget: Within; readonly withinReadTimeout: Within } => {
  const lastMs = deadlineMs + graceMs;
  const withinDeadline: Within = (work) => withTimeout(lastMs, () => new DeadlineError(), work);
  // The embedded database runs in this process: it is always available, and its statements cannot be canceled.
  if (kind === 'embedded') {
    return { withinBudget: withinDeadline, withinReadTimeout: withinDeadline };
  }
  return {
    withinBudget: (work) => withRequestBudget(totalMs, work, deadlineMs),
    withinReadTimeout:
      totalMs < lastMs
        ? (work) => withTimeout(totalMs, () => new NoAnswerError(totalMs), work)
        : withinDeadline,
  };
};

/** Returns how long the current work may still wait for the database. `Infinity` without a budget. */
export function budgetLeftMs(): number {
  const budget = budgets.getStore();
  return budget === undefined || budget.isOver ? Number.POSITIVE_INFINITY : leftOf(budget);
}

function leftOf({ totalMs, startedAtMs, deadlineAtMs, ...budget }: Budget): number {
  const nowMs = performance.now();
  const ageMs = nowMs - startedAtMs;
  const pausedMs = budget.pausedMs + (budget.pauses > 0 ? nowMs - budget.pausedAtMs : 0);
  const reservedMs = reservedShare * totalMs - (ageMs - pausedMs);
  return Math.min(Math.max(totalMs - ageMs, reservedMs), deadlineAtMs - nowMs);
}
