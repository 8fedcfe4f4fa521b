import type { Authentication } from './viewer.ts';

/** The server's clock, as far as the dates of its answers tell. */
export type Clock = ReturnType<typeof createClock>;

/** @param now returns milliseconds since 1970 by the clock of this machine, which can be minutes off. */
export function createClock(now: () => number) {
  let ahead = 0;
  return {
    /** Returns the present time. It is never before the server's own proofs. */
    now: (proofs: readonly Authentication[] = []): Date =>
      new Date(Math.max(now() - ahead, ...proofs.map(({ at }) => Date.parse(at)))),
    /** Reads the header `Date`, if there is one. */
    read(date: string | null): void {
      const ms = Date.parse(date ?? '');
      if (ms) ahead = now() - ms;
    },
  };
}
