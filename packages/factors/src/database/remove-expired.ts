import { fragment, removeExpiredRows, type Sql } from 'graphql-gatehouse/package';

export const removeExpired = (
  { sql }: { readonly sql: Sql },
  isStopped: () => boolean,
): Promise<void> => removeExpiredRows(sql, expiring, isStopped);

const expiring = [
  [fragment`gatehouse_factors.spent_challenges`, fragment`expires_at`],
  [fragment`gatehouse_factors.address_attempts`, fragment`window_ends_at`],
  [fragment`gatehouse_factors.enrolment_openings`, fragment`until`],
  // Twice as long as they count.
  [fragment`gatehouse_factors.duties`, fragment`"at" + interval '2 days'`],
  [fragment`gatehouse_factors.opened_accounts`, fragment`"at" + interval '2 days'`],
] as const;
