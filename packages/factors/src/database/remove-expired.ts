import { fragment, removeRows, type Sql } from 'graphql-gatehouse/package';

/** Removes rows whose time is over by more than an hour: the clocks of nodes can differ. */
export async function removeExpired(
  { sql }: { readonly sql: Sql },
  isStopped: () => boolean,
): Promise<void> {
  for (const [table, endsAt] of expiring) {
    const condition = fragment`${endsAt} < now() - interval '1 hour'`;
    await removeRows(sql, { table, key: fragment`ctid`, condition }, isStopped);
  }
}

const expiring = [
  [fragment`gatehouse_factors.spent_challenges`, fragment`expires_at`],
  [fragment`gatehouse_factors.address_attempts`, fragment`window_ends_at`],
  [fragment`gatehouse_factors.enrolment_openings`, fragment`until`],
  // Twice as long as they count.
  [fragment`gatehouse_factors.duties`, fragment`"at" + interval '2 days'`],
  [fragment`gatehouse_factors.opened_accounts`, fragment`"at" + interval '2 days'`],
] as const;
