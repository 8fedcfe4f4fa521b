import type { FactorRow } from 'graphql-gatehouse';

export const provider = {
  name: 'PROVIDER',
  description: 'A login at an identity provider: as much as a password.',
  // Of the same kind as the password: both can be one text, typed at two places.
  proves: 'knowledge',
  // How the user proved itself is not known.
  amr: [],
} as const satisfies FactorRow;

export const verifiedProvider = {
  name: 'PROVIDER_VERIFIED',
  description: 'A login at an identity provider that has verified two kinds of factors.',
  proves: 'possession',
  verifiesUser: true,
  amr: [],
} as const satisfies FactorRow;

export const factorKinds = [provider, verifiedProvider] as const;
