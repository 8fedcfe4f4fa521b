import { setMaxListeners } from 'node:events';
import { OutcomeUnknownError } from '../../errors.ts';

export interface DeadlineOptions {
  /** The time until the deadline, without pauses. */
  readonly limitMs: number;
  /** The time until the deadline, with pauses. */
  readonly longestMs: number;
  readonly toError: () => Error;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

type OverListener = (error: Error) => void;

export interface Deadline {
  /** Aborts when the time is over, with the error of `toError`. Never after the end of `within`. */
  signal(): AbortSignal;
  isOver(): boolean;
  /**
   * Calls `listener` once, with the error: at the deadline, or now if it is over. Returns the function that removes it.
   * Statements use it: a listener of a signal takes many times as long.
   */
  onOver(listener: OverListener): () => void;
  /**
   * Begins the commit of a transaction. Call the returned function when its outcome is known, with whether it may have had
   * an effect. At the deadline, `within` waits for that.
   *
   * @throws the error of `toError` when the time is over: nothing may be committed after the answer.
   */
  beginCommit(): (mayHaveEffect: boolean) => void;
  /**
   * Waits for `work` until the deadline. Later results are ignored. Call it once.
   *
   * @throws the error of `toError`. @throws {OutcomeUnknownError} when something may have been committed by then.
   */
  within<Result>(work: (deadline: Deadline) => Promise<Result>): Promise<Result>;
  /** Runs a part of the work that moves the deadline by its own duration. Parts that overlap count once. */
  pause<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Creates the deadline of one request, which starts now. */
export function createDeadline(options: DeadlineOptions): Deadline {
  const instant = createInstant(options);
  const end = createEnd();
  const commits = createCommits();
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    clearTimeout(timer);
    const leftMs = instant.leftMs();
    // A timer of Node.js can run up to a millisecond early.
    if (leftMs > 0) timer = setTimeout(schedule, Math.ceil(leftMs));
    else end.abort(options.toError());
  }

  const deadline: Deadline = {
    signal: end.signal,
    isOver: () => end.reason() !== undefined,
    onOver: end.onOver,
    beginCommit() {
      const reason = end.reason();
      if (reason !== undefined) throw reason;
      return commits.begin();
    },
    async within(work) {
      const over = new Promise<never>((_resolve, reject) => {
        end.onOver((error) =>
          commits.whenDecided((mayHaveEffect) =>
            reject(mayHaveEffect ? new OutcomeUnknownError({ cause: error }) : error),
          ),
        );
      });
      schedule();
      try {
        return await Promise.race([work(deadline), over]);
      } finally {
        clearTimeout(timer);
        timer = undefined;
      }
    },
    async pause(work) {
      const resume = instant.pause();
      if (timer !== undefined) schedule();
      try {
        return await work();
      } finally {
        resume();
        if (timer !== undefined) schedule();
      }
    },
  };
  return deadline;
}

/** The instant of a deadline, which pauses move. */
function createInstant({ limitMs, longestMs, elapsedMs }: Omit<DeadlineOptions, 'toError'>) {
  const lastAtMs = elapsedMs() + longestMs;
  let atMs = Math.min(elapsedMs() + limitMs, lastAtMs);
  let pauses = 0;
  let pausedAtMs = 0;
  return {
    leftMs: () => (pauses > 0 ? lastAtMs : atMs) - elapsedMs(),
    /** Returns the function that ends the pause. */
    pause() {
      if (pauses === 0) pausedAtMs = elapsedMs();
      pauses += 1;
      return () => {
        pauses -= 1;
        if (pauses === 0) atMs = Math.min(atMs + elapsedMs() - pausedAtMs, lastAtMs);
      };
    },
  };
}

/** The maximum time after the deadline in which the outcome of a commit can become known. */
const decisionMs = 1_500;

function createCommits() {
  let pending = 0;
  let hasEffect = false;
  let decided = () => {};
  return {
    begin() {
      pending += 1;
      let isPending = true;
      return (mayHaveEffect: boolean): void => {
        if (!isPending) return;
        isPending = false;
        pending -= 1;
        hasEffect ||= mayHaveEffect;
        if (pending === 0) decided();
      };
    },
    /** Calls `listener` once no commit is pending. One that remains pending counts as an effect. */
    whenDecided(listener: (mayHaveEffect: boolean) => void): void {
      if (pending === 0) {
        listener(hasEffect);
        return;
      }
      const timer = setTimeout(() => listener(true), decisionMs).unref();
      decided = () => {
        clearTimeout(timer);
        listener(hasEffect);
      };
    },
  };
}

/** The end of a deadline. Its signal is created when it is first used: most requests never use it. */
function createEnd() {
  const listeners = new Set<OverListener>();
  let reason: Error | undefined;
  let controller: AbortController | undefined;
  return {
    reason: () => reason,
    signal(): AbortSignal {
      if (controller === undefined) {
        controller = new AbortController();
        setMaxListeners(0, controller.signal); // each wait of the request adds one
        if (reason !== undefined) controller.abort(reason);
      }
      return controller.signal;
    },
    onOver(listener: OverListener) {
      if (reason === undefined) listeners.add(listener);
      else listener(reason);
      return () => {
        listeners.delete(listener);
      };
    },
    abort(error: Error) {
      reason = error;
      for (const listener of listeners) listener(error);
      controller?.abort(error);
    },
  };
}
