import { AsyncLocalStorage } from 'node:async_hooks';
import { DeadlineError } from '../../errors.ts';
import type { DatabaseConnection } from '../connection.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { NoAnswerError } from './no-answer-error.ts';

/** The work whose waits for the database a deadline ends. */
interface LimitedWork {
  /**
   * Undefined after the end: what the work started and left running has no deadline. It also lives longer, such as the
   * timer of a connection, and would keep the whole request in memory.
   */
  deadline: Deadline | undefined;
}

const works = new AsyncLocalStorage<LimitedWork>();
let active = 0;

/** Returns the deadline of the current work. Undefined: no limit. */
export const currentDeadline = (): Deadline | undefined => works.getStore()?.deadline;

/**
 * Runs `work` until `deadline`. Then each wait for the database rejects, and open transactions are rolled back.
 *
 * @throws the error of the deadline, whatever the work waits for: it can wait for a batched statement, which has the
 *   limit of another request.
 */
async function limitWaits<Result>(
  deadline: Deadline,
  work: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  const limited: LimitedWork = { deadline };
  active += 1;
  return deadline.within(() =>
    works
      .run(limited, () => work(deadline))
      .finally(() => {
        limited.deadline = undefined;
        active -= 1;
        // An active AsyncLocalStorage makes every promise slower: up to Node.js 22 a small query takes half as long again.
        if (active === 0) works.disable();
      }),
  );
}

/** Runs `work` without the deadline of the current work, such as to ask for what has become of it. */
export const withoutBudget = <Result>(work: () => Promise<Result>): Promise<Result> =>
  currentDeadline() === undefined ? work() : works.run({ deadline: undefined }, work);

/** Runs `work` that needs no database, such as waiting for a password hash. It moves the deadline by its duration. */
export const pauseBudget = <Result>(work: () => Promise<Result>): Promise<Result> =>
  currentDeadline()?.pause(work) ?? work();

/** Makes a deadline, and runs work until then. */
type Within = <Result>(work: (deadline: Deadline) => Promise<Result>) => Promise<Result>;

/** The time limits of one request, in milliseconds. */
export interface RequestBudgetLimits {
  /** For a request that needs PostgreSQL, without pauses. */
  readonly totalMs: number;
  /** For every request, with pauses. */
  readonly deadlineMs: number;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs?: () => number;
}

/** Time after the limit of every request in which an operation can still fail with its own error, which says more. */
const graceMs = 500;

/**
 * Creates the functions that make the deadline of one request: `withinReadTimeout` is for requests that only read.
 *
 * Most work rejects at its deadline with {@link DeadlineError}, which is answered with 503. Not 504, which refers to a
 * server behind this one, and not 408, after which clients send the request again.
 */
export const createRequestBudget = (
  { kind }: Pick<DatabaseConnection, 'kind'>,
  { totalMs, deadlineMs, elapsedMs = () => performance.now() }: RequestBudgetLimits,
): { readonly withinBudget: Within; readonly withinReadTimeout: Within } => {
  const lastMs = deadlineMs + graceMs;
  const ofAny = {
    limitMs: lastMs,
    longestMs: lastMs,
    toError: () => new DeadlineError(),
    elapsedMs,
  };
  const withinLast: Within = (work) => createDeadline(ofAny).within(work);
  // The embedded database runs in this process: it is always available, and its statements cannot be canceled.
  if (kind === 'embedded') {
    return {
      withinBudget: (work) => limitWaits(createDeadline(ofAny), work),
      withinReadTimeout: withinLast,
    };
  }
  const toError = () => new NoAnswerError(totalMs);
  const ofReads = { limitMs: totalMs, longestMs: totalMs, toError, elapsedMs };
  const ofWrites = { limitMs: totalMs, longestMs: deadlineMs, toError, elapsedMs };
  return {
    withinBudget: (work) => limitWaits(createDeadline(ofWrites), work),
    withinReadTimeout:
      totalMs < lastMs ? (work) => createDeadline(ofReads).within(work) : withinLast,
  };
};
