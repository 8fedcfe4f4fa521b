export interface PeriodicTaskOptions {
  readonly intervalMs: number;
  /** Does the work of one run. Between two batches, it ends early when `isStopped`. */
  readonly run: (isStopped: () => boolean) => Promise<void>;
  /** Called when a run failed. The next one tries again. */
  readonly onError: (error: unknown) => void;
}

export interface PeriodicTask {
  /** Runs now, and then at each interval. Does not keep the process alive. */
  start(): void;
  /** Resolves when the current batch is done. */
  stop(): Promise<void>;
}

/** Creates a task of which one run at a time is in progress. */
export function createPeriodicTask({
  intervalMs,
  run,
  onError,
}: PeriodicTaskOptions): PeriodicTask {
  let isStopped = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function runOnce(): void {
    running ??= run(() => isStopped)
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }

  return {
    start() {
      runOnce();
      timer = setInterval(runOnce, intervalMs).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
