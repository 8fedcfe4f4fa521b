import { vi } from 'vitest';

/** Waits until the check passes. It ends only where a machine is stuck, however slow it is. */
export const eventually = <Result>(check: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(check, { timeout: 60_000, interval: 5 });
