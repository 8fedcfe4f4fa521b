import type { FactorRules } from '../../values/proof.ts';

/** Reads how many kinds of factors an account can prove: a password, and a second factor of any package. */
export async function readKindsHeld(
  rules: readonly Pick<FactorRules, 'withoutFactor'>[],
  userId: string,
): Promise<1 | 2> {
  const without = await Promise.all(rules.map(({ withoutFactor }) => withoutFactor([userId])));
  return without.every((users) => users.has(userId)) ? 1 : 2;
}
