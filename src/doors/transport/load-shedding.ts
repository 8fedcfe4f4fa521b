import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyReply } from 'fastify';
import { OverloadedError } from '../../errors.ts';
import { toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import { sendAnswer } from './http-errors.ts';

export interface LoadLimits {
  /** The maximum number of concurrent requests and operations of sockets. */
  readonly maxConcurrentRequests: number;
  /** The mean delay of the event loop, in milliseconds, above which fewer requests may run. */
  readonly maxEventLoopDelayMs: number;
}

/** The refusals since the last report, and their cause. */
export interface Shed {
  readonly refused: number;
  readonly underWay: number;
  /** The current maximum number of concurrent requests. */
  readonly bound: number;
  readonly eventLoopDelayMs: number;
}

export interface LoadSheddingOptions extends LoadLimits {
  /** Called at most once a second, and only after refusals. */
  readonly onShed: (shed: Shed) => void;
}

/** Limits the number of concurrent requests. */
export type LoadShedding = ReturnType<typeof createLoadShedding>;

/**
 * Creates a limit of concurrent requests, so that admitted requests are answered soon and the others are refused
 * immediately, to be retried.
 *
 * The limit follows the delay of the event loop, which concurrent requests share: with heavier operations or a slower
 * machine, fewer may run.
 */
export function createLoadShedding(options: LoadSheddingOptions) {
  let bound = options.maxConcurrentRequests;
  let underWay = 0;
  let refused = 0;
  const hasRoom = () => underWay < bound;

  return {
    hasRoom,
    /**
     * Runs `work`, and counts it until it has settled, even if its client disconnects.
     *
     * @throws {OverloadedError} immediately when the limit is reached. `work` then does not run.
     */
    async run<Result>(work: () => Promise<Result>): Promise<Result> {
      if (!hasRoom()) {
        refused += 1;
        throw new OverloadedError();
      }
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
    /** Answers a request beyond the limit. */
    refuse(reply: FastifyReply): FastifyReply {
      refused += 1;
      return sendAnswer(reply, refusal);
    },
    /** Adjusts the limit to the event loop's mean delay of the last second. */
    observe(eventLoopDelayMs: number): void {
      if (refused > 0) options.onShed({ refused, underWay, bound, eventLoopDelayMs });
      refused = 0;
      bound = nextBound(bound, eventLoopDelayMs, options);
    },
  };
}

/** Created once, because a refusal must cost very little. */
const refusal = toHttpAnswer(new OverloadedError());

/** The minimum limit, however slow the event loop is: a stall with another cause must not refuse everyone. */
const leastShare = 1 / 8;
/** The share of the maximum limit that is restored with each quiet second. */
const returningShare = 1 / 8;

/** Returns the next limit: reduced in proportion while the event loop is too slow, otherwise raised step by step. */
export function nextBound(bound: number, eventLoopDelayMs: number, limits: LoadLimits): number {
  const { maxConcurrentRequests: most, maxEventLoopDelayMs } = limits;
  // Written so that NaN, when nothing was measured, raises the limit.
  if (!(eventLoopDelayMs > maxEventLoopDelayMs)) {
    return Math.min(most, bound + Math.ceil(most * returningShare));
  }
  const fitting = Math.floor(bound * Math.max(0.5, maxEventLoopDelayMs / eventLoopDelayMs));
  return Math.max(Math.ceil(most * leastShare), fitting);
}

const lookMs = 1_000;
const resolutionMs = 10;

/** Reports the event loop's mean delay once a second, until the returned function is called. */
export function watchEventLoop(observe: (eventLoopDelayMs: number) => void): () => void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const timer = setInterval(() => {
    // The histogram measures the time between two of its own timers.
    observe(Math.max(0, histogram.mean / 1e6 - resolutionMs));
    histogram.reset();
  }, lookMs).unref();
  return () => {
    clearInterval(timer);
    histogram.disable();
  };
}
