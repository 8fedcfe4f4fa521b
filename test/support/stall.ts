/** Measures how long the process keeps its event loop waiting. */
export interface StallMeter {
  /** The longest that it waited during `work`, in milliseconds, and what `work` gave. */
  during<Result>(work: () => Promise<Result>): Promise<{ stoodMs: number; result: Result }>;
  stop(): void;
}

/**
 * A timer of a millisecond is the clock. Between two of its ticks, the process can wait for a processor, which other
 * programs use: only as much counts as it has computed.
 */
export function startStallMeter(): StallMeter {
  let atMs = performance.now();
  let used = process.cpuUsage();
  let longestMs = 0;
  let onTick = () => {};

  function tick(): void {
    const passedMs = performance.now() - atMs;
    const { user, system } = process.cpuUsage(used);
    longestMs = Math.max(longestMs, Math.min(passedMs, (user + system) / 1000));
    atMs = performance.now();
    used = process.cpuUsage();
    onTick();
  }
  const timer = setInterval(tick, 1);
  const nextTick = () =>
    new Promise<void>((resolve) => {
      onTick = resolve;
    });

  return {
    async during(work) {
      await nextTick();
      longestMs = 0;
      const result = await work();
      await nextTick();
      return { stoodMs: longestMs, result };
    },
    stop: () => clearInterval(timer),
  };
}
