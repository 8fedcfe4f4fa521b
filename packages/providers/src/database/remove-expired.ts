import { fragment, removeExpiredRows, type Sql } from 'graphql-gatehouse/package';

export const removeExpired = (
  { sql }: { readonly sql: Sql },
  isStopped: () => boolean,
): Promise<void> => removeExpiredRows(sql, expiring, isStopped);

const expiring = [
  [fragment`gatehouse_providers.logins`, fragment`expires_at`],
  [fragment`gatehouse_providers.logouts`, fragment`expires_at`],
  [fragment`gatehouse_providers.pending_logins`, fragment`expires_at`],
  [fragment`gatehouse_providers.address_attempts`, fragment`window_ends_at`],
] as const;
