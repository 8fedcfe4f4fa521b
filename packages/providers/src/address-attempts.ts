import { fragment, limitAddresses } from 'graphql-gatehouse/package';

/**
 * Counts what one address does: begin, send codes, and sign up. Without it, wrong codes would fill the audit log, and begins would make
 * this server send requests to the provider without a limit. @throws RATE_LIMITED.
 */
export const takeAddressAttempt = limitAddresses({
  table: fragment`gatehouse_providers.address_attempts`,
  most: 300,
  windowSeconds: 15 * 60,
});
