import { fragment, removeRows, type Sql } from 'graphql-gatehouse/package';
import { doneMails } from './outbox/outbox.store.ts';

const dayMs = 24 * 60 * 60 * 1000;

const [id, ctid] = [fragment`id`, fragment`ctid`];
const tokens = fragment`gatehouse_mail.tokens`;

/** What is removed: rows of a table whose time was over some days ago. Each condition has an index. */
const expired = [
  [tokens, id, fragment`expires_at`, 1],
  // Their mails were given up, or had nothing to send.
  [tokens, id, fragment`expires_at IS NULL AND created_at`, 8],
  [fragment`gatehouse_mail.invitations`, id, fragment`expires_at`, 1],
  [fragment`gatehouse_mail.taken_addresses`, ctid, fragment`taken_at`, 2],
  [fragment`gatehouse_mail.request_counts`, fragment`key`, fragment`hour_ends_at`, 0],
  [fragment`gatehouse_mail.devices`, ctid, fragment`last_seen_at`, 400],
] as const;

/** Removes what is over: mails, tokens, taken addresses, invitations, counters and devices, in batches. */
export async function removeExpired(
  { sql, now }: { readonly sql: Sql; readonly now: () => Date },
  isStopped: () => boolean,
): Promise<void> {
  await removeRows(sql, doneMails(now()), isStopped);
  for (const [table, key, time, days] of expired) {
    const before = new Date(now().getTime() - days * dayMs);
    const condition = fragment`${time} < ${before}::timestamptz`;
    await removeRows(sql, { table, key, condition }, isStopped);
  }
}
