import type { LoginAttemptStore, Mark } from 'graphql-gatehouse';

export interface StandInOptions {
  /** The store that counts while it is available. */
  readonly store: LoginAttemptStore;
  /** The store that counts otherwise. */
  readonly standIn: LoginAttemptStore;
  /** The longest that an attempt waits for `store`, in milliseconds. */
  readonly patienceMs: number;
  /** Resolves when `store` responds, however long that takes. Rejects when it is not connected. */
  readonly probe: () => Promise<unknown>;
  /** Called when the stand-in begins to count, with the error, and with `undefined` when it ends. */
  readonly onChange: (error: unknown) => void;
  /** Resolves after this many milliseconds. */
  readonly delay: (delayMs: number) => Promise<void>;
}

export interface LoginAttemptsWithStandIn extends LoginAttemptStore {
  readonly isStandingIn: () => boolean;
  /** Lets the stand-in begin when the store does not respond now. */
  check(): Promise<void>;
  stop(): void;
}

const probeIntervalMs = 1_000;

/**
 * Counts in `store`, or in `standIn` while `store` fails or is slow: then a second passes between probes, and attempts
 * do not wait for it. Every attempt is counted in at least one of them, so both limits together are never exceeded.
 */
export function withStandIn(options: StandInOptions): LoginAttemptsWithStandIn {
  const { store, standIn, patienceMs, probe, onChange, delay } = options;
  const ownMarks = new WeakSet<Mark>();
  let isAway = false;
  let isStopped = false;

  /** Whether `work` responds in time. @throws what `work` does. */
  const isInTime = (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([work.then(() => true), delay(patienceMs).then(() => false)]);

  async function probeUntilBack(): Promise<void> {
    while (!isStopped) {
      await delay(probeIntervalMs);
      const probed = probe();
      if (await isInTime(probed).catch(() => false)) {
        isAway = false;
        onChange(undefined);
        return;
      }
      // One at a time: more would keep a dead connection from being noticed.
      await probed.catch(() => {});
    }
  }

  function leave(error: unknown): void {
    if (isAway || isStopped) return;
    isAway = true;
    onChange(error);
    void probeUntilBack();
  }

  /** Returns the result of `work`, or `undefined` when the stand-in has to do it. */
  async function attempt<Result>(work: () => Promise<Result>, onLate: (result: Result) => unknown) {
    if (isAway) return undefined;
    const working = work();
    try {
      if (await isInTime(working)) return { result: await working };
      working.then(onLate).catch(() => {});
      leave(new Error(`no response within ${patienceMs} ms`));
    } catch (error) {
      leave(error);
    }
    return undefined;
  }

  return {
    async refusedForMs(counters) {
      const found = await attempt(
        () => store.refusedForMs(counters),
        () => {},
      );
      return found === undefined ? standIn.refusedForMs(counters) : found.result;
    },

    async take(counters) {
      const found = await attempt(
        () => store.take(counters),
        // The stand-in has counted it. If this fails, it counts in both.
        async (late) => (late.isRefused ? undefined : store.giveBack(late.marks)),
      );
      if (found === undefined) return standIn.take(counters);
      if (!found.result.isRefused) for (const mark of found.result.marks) ownMarks.add(mark);
      return found.result;
    },

    /** Subtracts at most once: without a response it may have happened, so it is not tried again. */
    async giveBack(marks) {
      await standIn.giveBack(marks.filter((mark) => !ownMarks.has(mark)));
      const own = marks.filter((mark) => ownMarks.has(mark));
      if (own.length === 0) return;
      if (isAway) throw new Error('The store of login attempts is unavailable.');
      await attempt(
        () => store.giveBack(own),
        () => {},
      );
    },

    isStandingIn: () => isAway,
    async check() {
      await attempt(probe, () => {});
    },
    stop() {
      isStopped = true;
    },
  };
}
