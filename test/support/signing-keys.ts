import { parseKeySet } from '../../src/authentication/keys/signing-key-set.ts';
import { createSigningKeys, type SigningKeys } from '../../src/authentication/keys/signing-keys.ts';

/** The keys of a text, at a time in seconds since 1970 that only sets with times in them mind. */
export function parseSigningKeys(text: string, nowSeconds = () => 0): SigningKeys {
  const set = parseKeySet(text);
  const now = () => new Date(nowSeconds() * 1000);
  return createSigningKeys({ keySet: () => set, lifetimeSeconds: 600, now });
}
