import { fragment, removeRows, type Sql } from 'graphql-gatehouse/package';

/** Removes log-ins whose time is over by more than an hour: the clocks of nodes can differ. */
export const removeExpired = (
  { sql }: { readonly sql: Sql },
  isStopped: () => boolean,
): Promise<void> =>
  removeRows(
    sql,
    {
      table: fragment`gatehouse_providers.pending_logins`,
      key: fragment`state_hash`,
      condition: fragment`expires_at < now() - interval '1 hour'`,
    },
    isStopped,
  );
