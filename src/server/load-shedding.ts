import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyReply } from 'fastify';
import { OverloadedError } from '../errors.ts';
import { toHttpAnswer } from './graphql-error.ts';
import { sendAnswer } from './http-errors.ts';

/** How much is taken on before more is refused. */
export interface LoadLimits {
  /** Requests and operations of sockets that run at the same time. */
  readonly maxConcurrentRequests: number;
  /** How long the event loop may take for a turn, on average, before fewer are let run. */
  readonly maxEventLoopDelayMs: number;
}

/** What was refused since the last look, and why. */
export interface Shed {
  readonly refused: number;
  readonly underWay: number;
  /** How many may run now. */
  readonly bound: number;
  readonly eventLoopDelayMs: number;
}

export interface LoadSheddingOptions extends LoadLimits {
  /** Told at most once a second, and only of refusals. */
  readonly onShed: (shed: Shed) => void;
}

/** Decides whether there is room for one more. */
export interface LoadShedding {
  hasRoom(): boolean;
  /**
   * Runs `work`, and counts it as under way until it has settled, whatever becomes of its client.
   *
   * @throws {OverloadedError} at once when there is no room: then `work` never begins.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Answers a request for which there is no room. */
  refuse(reply: FastifyReply): FastifyReply;
  /** Takes the event loop's mean delay of the last second into account. */
  observe(eventLoopDelayMs: number): void;
}

/**
 * Bounds what runs at the same time, so that what is let in is answered soon, and the rest told at once
 * to come again.
 *
 * The bound follows the event loop: what runs at the same time shares its turns, so that heavier
 * operations, or a slower machine, leave room for fewer.
 */
export function createLoadShedding(options: LoadSheddingOptions): LoadShedding {
  let bound = options.maxConcurrentRequests;
  let underWay = 0;
  let refused = 0;
  const hasRoom = () => underWay < bound;

  return {
    hasRoom,
    async run(work) {
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
    refuse(reply) {
      refused += 1;
      return sendAnswer(reply, refusal);
    },
    observe(eventLoopDelayMs) {
      if (refused > 0) options.onShed({ refused, underWay, bound, eventLoopDelayMs });
      refused = 0;
      bound = nextBound(bound, eventLoopDelayMs, options);
    },
  };
}

/** Made once, in GraphQL's shape: a refusal must cost next to nothing. */
const refusal = toHttpAnswer(new OverloadedError());

/** However slow the event loop is: a stall from elsewhere must not turn everyone away. */
const leastShare = 1 / 8;
/** How much of the greatest bound comes back with each quiet second. */
const returningShare = 1 / 8;

/** How many may run next: fewer in proportion while turns take too long, else more, step by step. */
export function nextBound(bound: number, eventLoopDelayMs: number, limits: LoadLimits): number {
  const { maxConcurrentRequests: most, maxEventLoopDelayMs } = limits;
  // Written so that no measure at all, not a number, lets more run.
  if (!(eventLoopDelayMs > maxEventLoopDelayMs)) {
    return Math.min(most, bound + Math.ceil(most * returningShare));
  }
  const fitting = Math.floor(bound * Math.max(0.5, maxEventLoopDelayMs / eventLoopDelayMs));
  return Math.max(Math.ceil(most * leastShare), fitting);
}

const lookMs = 1_000;
const resolutionMs = 10;

/** Tells the event loop's mean delay once a second, until the function that it gives is called. */
export function watchEventLoop(observe: (eventLoopDelayMs: number) => void): () => void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const timer = setInterval(() => {
    // It measures the time between two of its own timers.
    observe(Math.max(0, histogram.mean / 1e6 - resolutionMs));
    histogram.reset();
  }, lookMs).unref();
  return () => {
    clearInterval(timer);
    histogram.disable();
  };
}
