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

/** The current keys of access tokens: the file can change, and the state of a key depends on the time. */
export interface SigningKeys {
  readonly signing: { readonly kid: string; readonly privateKey: KeyObject };
  /** Returns the key with this id unless it has ended, also one that will sign later. */
  verificationKey(kid: string): KeyObject | undefined;
  /** Returns the public keys that verify, as a JWK Set (RFC 7517, 5). */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
}

export interface SigningKeysOptions {
  readonly keySet: () => KeySet;
  /** Checks for a newer set, and returns the current one. */
  readonly lookAgain?: (() => KeySet) | undefined;
  /** How long an access token lives, in seconds. A key verifies at least this long after its last signature. */
  readonly lifetimeSeconds: number;
  readonly now: () => Date;
}

/** Creates the view of a key set that depends on the time. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { keySet, lookAgain, lifetimeSeconds, now } = options;
  const nowSeconds = () => toNumericDate(now());
  /** The last result. It is valid for a second, in which many tokens are verified. */
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

/** Returns a JWK Set as text, with one new key that was created at `madeAt`. */
export const generateSigningKeys = (madeAt?: Date): string =>
  printKeySet({ keys: [generateKey(madeAt)] });
