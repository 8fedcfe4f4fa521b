import { fragment, limitAddresses } from 'graphql-gatehouse/package';

/** Counts an attempt with a passkey from an address. Accounts are not locked by it. @throws RATE_LIMITED. */
export const takeAddressAttempt = limitAddresses({
  table: fragment`gatehouse_factors.address_attempts`,
  most: 300,
  windowSeconds: 15 * 60,
});
