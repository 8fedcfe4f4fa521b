import { z } from 'zod';
import { readRows, type Sql } from './database/rows.ts';
import { removeDoneMails } from './outbox/outbox.store.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What is removed: rows of a table whose time was over some days ago. Each condition has an index. */
const expired = [
  { table: 'tokens', key: 'id', condition: 'expires_at < $1::timestamptz', days: 1 },
  // Their mails were given up, or had nothing to send.
  {
    table: 'tokens',
    key: 'id',
    condition: 'expires_at IS NULL AND created_at < $1::timestamptz',
    days: 8,
  },
  { table: 'invitations', key: 'id', condition: 'expires_at < $1::timestamptz', days: 1 },
  { table: 'taken_addresses', key: 'ctid', condition: 'taken_at < $1::timestamptz', days: 2 },
  { table: 'request_counts', key: 'key', condition: 'hour_ends_at < $1::timestamptz', days: 0 },
  { table: 'devices', key: 'ctid', condition: 'last_seen_at < $1::timestamptz', days: 400 },
] as const;

/** At most so many rows are removed by one statement. */
const batchSize = 1000;

/** Removes what is over: mails, tokens, taken addresses, invitations, counters and devices, in batches. */
export async function removeExpired(
  { sql, now }: { readonly sql: Sql; readonly now: () => Date },
  isStopped: () => boolean,
): Promise<void> {
  let isMore = true;
  while (isMore && !isStopped()) isMore = await removeDoneMails(sql, now());
  for (const { table, key, condition, days } of expired) {
    const before = new Date(now().getTime() - days * dayMs).toISOString();
    const text = `DELETE FROM gatehouse_mail.${table} WHERE ${key} = ANY (ARRAY(
      SELECT ${key} FROM gatehouse_mail.${table} WHERE ${condition} LIMIT ${batchSize} FOR UPDATE SKIP LOCKED))
      RETURNING 1 AS removed`;
    let removed = batchSize;
    while (removed === batchSize && !isStopped()) {
      removed = (await readRows(sql, z.unknown(), text, before)).length;
    }
  }
}
