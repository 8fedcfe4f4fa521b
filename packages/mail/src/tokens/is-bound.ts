import type { AccountFacts } from 'graphql-gatehouse';
import type { Token } from './token.store.ts';

/** Whether a token still fits its account: that is enabled, and has the password and the address that it had. */
export const isBound = (
  { purpose, passwordVersion, address }: Pick<Token, 'purpose' | 'passwordVersion' | 'address'>,
  { disabledAt, passwordVersion: current, email }: AccountFacts,
): boolean =>
  // An earlier address is restored whatever has followed.
  purpose === 'undo' ||
  (disabledAt === null &&
    passwordVersion === current &&
    // The account does not have its new address yet.
    (purpose === 'address' || address === email));
