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
  [fragment`gatehouse_providers.pending_logins`, fragment`expires_at`],
  [fragment`gatehouse_providers.address_attempts`, fragment`window_ends_at`],
] as const;
