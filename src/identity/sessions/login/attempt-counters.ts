import { createHash } from 'node:crypto';
import { toAddressKey, toSiteKey } from '../../../authentication/address-key.ts';
import type { AttemptCounter } from '../../../values/login-attempt-store.ts';

/** The maximum number of failed attempts in a window, which begins with the first one. */
export interface LoginLimits {
  readonly perAccount: number;
  readonly perAddress: number;
}

/** The keys under which an attempt is counted. */
export interface Counted {
  readonly usernameKey: string;
  /** Undefined: the server does not know it. The attempt is counted by its username alone. */
  readonly ip: string | undefined;
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
