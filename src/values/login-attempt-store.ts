/** One counter of a login attempt. */
export interface AttemptCounter {
  readonly what: 'account' | 'address';
  /** The SHA-256 of the address or of the username, so that neither is stored. */
  readonly name: string;
  /** The maximum number of failed attempts in a window, which begins with the first one. */
  readonly limit: number;
}

/** One attempt in one window of one counter. */
export interface Mark {
  readonly key: string;
  readonly windowEndsAt: Date;
}

/** A counted attempt. */
export interface Taken {
  readonly isRefused: false;
  readonly marks: readonly Mark[];
  /** The counter that has no attempts left while this one counts, and when its window ends. */
  readonly exhausted: { readonly what: AttemptCounter['what']; readonly endsAt: Date } | null;
}

/** A counted attempt, or the refusal of one. */
export type TakeOutcome = Taken | { readonly isRefused: true; readonly retryAfterMs: number };

/** Counts login attempts, for all nodes that share the store. Concurrent attempts never exceed the limits. */
export interface LoginAttemptStore {
  /** Returns how long an attempt would be refused, or 0. Counts nothing. */
  refusedForMs(counters: readonly AttemptCounter[]): Promise<number>;
  /** Counts an attempt in all of its counters, in their order. If one refuses it, nothing is counted. */
  take(counters: readonly AttemptCounter[]): Promise<TakeOutcome>;
  /** Subtracts an attempt, unless a new window has begun since. */
  giveBack(marks: readonly Mark[]): Promise<void>;
}
