import { createHash } from 'node:crypto';
import { toAddressKey } from '../../authentication/address-key.ts';

/** The maximum number of failed attempts in a window, which begins with the first one. */
export interface LoginLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly windowSeconds: number;
}

/** The keys under which an attempt is counted. */
export interface Counted {
  readonly usernameKey: string;
  readonly ip: string;
}

/** A counted attempt. */
export interface Taken {
  readonly isRefused: false;
  readonly marks: readonly Mark[];
  /** The counter that has no attempts left while this one counts, and when its window ends. */
  readonly exhausted: { readonly what: 'account' | 'address'; readonly endsAt: Date } | null;
}

/** A counted attempt, or the refusal of one. */
export type TakeOutcome = Taken | { readonly isRefused: true; readonly retryAfterMs: number };

/** One attempt in one window of one counter. */
export interface Mark {
  readonly key: string;
  readonly windowEndsAt: Date;
}

/** Counts login attempts, for all nodes that share the store. Concurrent attempts never exceed the limits. */
export interface LoginAttemptStore {
  /** Returns how long an attempt would be refused, or 0. Counts nothing. */
  refusedForMs(counted: Counted): Promise<number>;
  /** Counts an attempt. If it is refused, nothing is counted. */
  take(counted: Counted): Promise<TakeOutcome>;
  /** Subtracts an attempt, unless a new window has begun since. */
  giveBack(marks: readonly Mark[]): Promise<void>;
}

/** Returns the names of both counters: the SHA-256 of the address and of the username, so that neither is stored. */
export const counterNames = ({ usernameKey, ip }: Counted) => ({
  address: digest(toAddressKey(ip)),
  account: digest(usernameKey),
});

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
