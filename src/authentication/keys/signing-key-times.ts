import type { KeySet, SigningKey } from './signing-key-set.ts';

/**
 * The state of a key at a time. `next`: published, so that every verifier has it before it signs. `retired`: still
 * verifies its tokens. `ended`: all of its tokens have expired, and it can be removed.
 */
export type KeyState = 'next' | 'signing' | 'retired' | 'ended';

/** A key, its state, and until when it verifies: in seconds since 1970, or Infinity. */
export interface TimedKey {
  readonly key: SigningKey;
  readonly state: KeyState;
  readonly endsAt: number;
}

/**
 * Returns the key that signs at `nowSeconds` since 1970: the first one whose `nbf` has passed, otherwise the one with
 * the earliest `nbf`.
 */
export const signerAt = ({ keys }: KeySet, nowSeconds: number): SigningKey =>
  keys.find((key) => beginOf(key) <= nowSeconds) ?? firstToBegin(keys);

/**
 * Returns the state of each key at `nowSeconds` since 1970. Pure.
 *
 * A key ends at its `exp`, but not before all tokens have expired that it can have signed until its successor began:
 * nodes may use a longer token lifetime than the writer of the file knew.
 */
export function timeKeys(
  set: KeySet,
  { nowSeconds, lifetimeSeconds }: { nowSeconds: number; lifetimeSeconds: number },
): readonly TimedKey[] {
  const { keys } = set;
  const signing = signerAt(set, nowSeconds);
  const place = keys.indexOf(signing);
  return keys.map((key, index) => {
    if (key === signing) return { key, state: 'signing', endsAt: Infinity };
    const successor = keys[index - 1];
    const lastToken = successor?.nbf === undefined ? 0 : successor.nbf + lifetimeSeconds;
    const endsAt = Math.max(key.exp ?? Infinity, lastToken);
    if (endsAt <= nowSeconds) return { key, state: 'ended', endsAt };
    return { key, state: index < place ? 'next' : 'retired', endsAt };
  });
}

/** A key without `nbf` signs from the start. */
const beginOf = ({ nbf = 0 }: SigningKey): number => nbf;

const firstToBegin = ([first, ...others]: KeySet['keys']): SigningKey =>
  others.reduce((found, key) => (beginOf(key) < beginOf(found) ? key : found), first);
