import type { KeySet, SigningKey } from './signing-key-set.ts';

/**
 * What a key is for at a moment. `next`: published, so that every verifier has it when it signs.
 * `retired`: verifies what it has signed. `ended`: no token of it is alive, and it may go.
 */
export type KeyState = 'next' | 'signing' | 'retired' | 'ended';

/** A key, what it is for, and until when it verifies: seconds since 1970, or Infinity. */
export interface TimedKey {
  readonly key: SigningKey;
  readonly state: KeyState;
  readonly endsAt: number;
}

/**
 * The key that signs at `nowSeconds` since 1970: the first that has begun. One always signs: while none
 * has begun, the one that begins first.
 */
export const signerAt = ({ keys }: KeySet, nowSeconds: number): SigningKey =>
  keys.find((key) => beginOf(key) <= nowSeconds) ?? firstToBegin(keys);

/**
 * Tells what each key is for at `nowSeconds` since 1970. Pure.
 *
 * A key whose `exp` has come ends, but not before the tokens have that it can have signed until its
 * successor began: nodes may give their tokens a longer life than the writer of the file knew.
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

/** A key without `nbf` has always signed. */
const beginOf = ({ nbf = 0 }: SigningKey): number => nbf;

const firstToBegin = ([first, ...others]: KeySet['keys']): SigningKey =>
  others.reduce((found, key) => (beginOf(key) < beginOf(found) ? key : found), first);
