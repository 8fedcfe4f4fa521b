import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Measures how long the event loop stands still. */
export interface StallMeter {
  /** The longest that it stood still during `work`, in milliseconds, and what `work` gave. */
  during<Result>(work: () => Promise<Result>): Promise<{ stoodMs: number; result: Result }>;
  stop(): void;
}

export function startStallMeter(): StallMeter {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();

  /** Each count is the time between two ticks of the meter. */
  async function nextCount(): Promise<void> {
    const before = delays.count;
    while (delays.count === before) await setImmediate();
  }

  return {
    async during(work) {
      delays.reset();
      // A stall that begins before the first tick after a reset would not be counted.
      await nextCount();
      const result = await work();
      await nextCount();
      return { stoodMs: delays.max / 1e6, result };
    },
    stop: () => void delays.disable(),
  };
}
