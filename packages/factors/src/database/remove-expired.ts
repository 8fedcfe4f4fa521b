import type { DatabaseAccess } from 'graphql-gatehouse';

/** Removes rows whose time is over by more than an hour: the clocks of nodes can differ. */
export async function removeExpired(access: DatabaseAccess): Promise<void> {
  for (const [table, column] of expiring) {
    await run(
      access,
      `DELETE FROM gatehouse_factors.${table} WHERE ${column} < now() - interval '1 hour'`,
    );
  }
}

const expiring = [
  ['spent_challenges', 'expires_at'],
  ['address_attempts', 'window_ends_at'],
  ['enrolment_openings', 'until'],
  // Twice as long as they count.
  ['duties', `"at" + interval '2 days'`],
  ['opened_accounts', `"at" + interval '2 days'`],
] as const;

const run = (access: DatabaseAccess, sql: string): Promise<unknown> =>
  access.kind === 'postgresql' ? access.pool.query(sql) : access.pglite.query(sql);
