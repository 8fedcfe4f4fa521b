import { createHash } from 'node:crypto';
import { toAddressKey, toSiteKey } from '../../authentication/address-key.ts';

/** The maximum number of failed attempts in a window, which begins with the first one. */
export interface LoginLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly windowSeconds: number;
}

/** The keys under which an attempt is counted. */
export interface Counted {
  readonly usernameKey: string;
  /** Undefined: the server does not know it. The attempt is counted by its username alone. */
  readonly ip: string | undefined;
}

type CounterKind = 'account' | 'address';

/** A counted attempt. */
export interface Taken {
  readonly isRefused: false;
  readonly marks: readonly Mark[];
  /** The counter that has no attempts left while this one counts, and when its window ends. */
  readonly exhausted: { readonly what: CounterKind; readonly endsAt: Date } | null;
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

/** One counter of an attempt. */
export interface AttemptCounter {
  readonly what: CounterKind;
  /** The SHA-256 of the address or of the username, so that neither is stored. */
  readonly name: string;
  /** The maximum number of failed attempts. */
  readonly limit: number;
}

/**
 * Returns the counters of an attempt in the order in which they count: an address without attempts left cannot use up
 * those of accounts. An unknown address has no counter: all clients would share it.
 */
export const countersOf = (
  { usernameKey, ip }: Counted,
  { perAccount, perAddress }: LoginLimits,
): readonly AttemptCounter[] => [
  ...(ip === undefined
    ? []
    : [{ what: 'address' as const, name: digest(toAddressKey(ip)), limit: perAddress }]),
  { what: 'account', name: digest(usernameKey), limit: perAccount },
];

/** Returns the key of an attempt in the queue of hashes: its site, or its account when the address is unknown. */
export const queueKeyOf = ({ usernameKey, ip }: Counted): string =>
  ip === undefined ? `ACCOUNT ${usernameKey}` : toSiteKey(ip);

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
