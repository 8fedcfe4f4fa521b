import type { KeyObject } from 'node:crypto';
import {
  generateKey,
  type KeySet,
  type PublicJwk,
  printKeySet,
  type SigningKey,
  toNumericDate,
} from './signing-key-set.ts';
import { signerAt, timeKeys } from './signing-key-times.ts';

export { SigningKeysError } from './signing-key-set.ts';

/**
 * The keys of access tokens, as they are when they are asked for: the file may have changed, and what
 * a key is for changes with the time.
 */
export interface SigningKeys {
  /** The key that signs now. */
  readonly signing: { readonly kid: string; readonly privateKey: KeyObject };
  /** The key of this name, unless it has ended. One that signs only later is there already. */
  verificationKey(kid: string): KeyObject | undefined;
  /** The keys that verify, as others may see them: a JWK Set (RFC 7517, 5). */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
}

export interface SigningKeysOptions {
  /** The set as it is now. */
  readonly keySet: () => KeySet;
  /** Looks for a newer set, and gives the one that is there then. */
  readonly lookAgain?: (() => KeySet) | undefined;
  /** How long an access token lives: so long after its last signature a key verifies at least. */
  readonly lifetimeSeconds: number;
  readonly now: () => Date;
}

/** Makes the view of a key set that changes with the time. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { keySet, lookAgain, lifetimeSeconds, now } = options;
  const nowSeconds = () => toNumericDate(now());
  /** What was found last: it stays the same for a second, in which many tokens are verified. */
  let found:
    | { readonly set: KeySet; readonly seconds: number; readonly keys: SigningKey[] }
    | undefined;
  function verifying(set: KeySet): readonly SigningKey[] {
    const seconds = nowSeconds();
    if (found?.set === set && found.seconds === seconds) return found.keys;
    const timed = timeKeys(set, { nowSeconds: seconds, lifetimeSeconds });
    const keys = timed.filter(({ state }) => state !== 'ended').map(({ key }) => key);
    found = { set, seconds, keys };
    return keys;
  }
  const find = (set: KeySet, wanted: string) =>
    verifying(set).find(({ kid }) => kid === wanted)?.publicKey;

  return {
    get signing() {
      const { kid, privateKey } = signerAt(keySet(), nowSeconds());
      return { kid, privateKey };
    },
    verificationKey: (kid) =>
      find(keySet(), kid) ?? (lookAgain === undefined ? undefined : find(lookAgain(), kid)),
    get publicJwks() {
      return { keys: verifying(keySet()).map(({ publicJwk }) => publicJwk) };
    },
  };
}

/** A JWK Set, as text, with one new key; `madeAt` is written down in it. */
export const generateSigningKeys = (madeAt?: Date): string =>
  printKeySet({ keys: [generateKey(madeAt)] });
