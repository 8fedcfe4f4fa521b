import { z } from 'zod';
import { hasRows, readRows, type Sql, timeColumn } from '../database/rows.ts';
import { linkPurposes, noticePurposes } from '../purposes.ts';
import type { NewMail, Queue, QueuedMail } from './mail.ts';

/** Adds a mail to the outbox, in the transaction of its cause. Returns its ID. */
export async function queueMail(sql: Sql, mail: NewMail, at: Date): Promise<string> {
  const [queued] = await readRows(
    sql,
    z.object({ id: z.string() }),
    `INSERT INTO gatehouse_mail.outbox
       (id, queue, purpose, user_id, address, app, locale, "values", created_at, due_at)
     VALUES (gen_random_uuid(), $1, $2, $3::uuid, $4, $5, $6, $7::text::jsonb, $8::timestamptz, $8::timestamptz)
     RETURNING id::text`,
    mail.queue,
    mail.purpose,
    mail.userId ?? null,
    mail.address,
    mail.app ?? null,
    mail.locale ?? null,
    JSON.stringify(mail.values ?? {}),
    at.toISOString(),
  );
  if (queued === undefined) throw new Error('The mail was not stored.');
  return queued.id;
}

/** Counts the notices of an action to a user in the last hour. */
export async function countNotices(
  sql: Sql,
  { userId, action, at }: { readonly userId: string; readonly action: string; readonly at: Date },
): Promise<number> {
  const [found] = await readRows(
    sql,
    z.object({ count: z.number() }),
    `SELECT count(*)::int AS count FROM gatehouse_mail.outbox
     WHERE user_id = $1::uuid AND purpose = 'notice' AND "values"->>'action' = $2
       AND created_at > $3::timestamptz - interval '1 hour'`,
    userId,
    action,
    at.toISOString(),
  );
  return found?.count ?? 0;
}

/** Whether a mail of a queue is to be sent. Without the order, PostgreSQL may read mails that are done. */
export const hasDueMail = (sql: Sql, queue: Queue, at: Date): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 AS due FROM gatehouse_mail.outbox
     WHERE queue = $1 AND done_at IS NULL AND due_at <= $2::timestamptz ORDER BY due_at LIMIT 1`,
    queue,
    at.toISOString(),
  );

const mailSchema = z.object({
  id: z.string(),
  queue: z.enum(['ACCOUNT', 'REQUEST']),
  purpose: z.enum([...linkPurposes, ...noticePurposes]),
  userId: z.string().nullable(),
  address: z.string(),
  app: z.string().nullable(),
  locale: z.string().nullable(),
  values: z.record(z.string(), z.string()),
  createdAt: timeColumn,
  attempts: z.number(),
  mayHaveArrived: z.boolean(),
});

/** After how many seconds a mail is due again, by the number of attempts. The last one counts for all that follow. */
const backoffSeconds = [60, 120, 300, 600, 900] as const;

/** How much of the backoff is added at most, so that mails of one time are not tried again at one time. */
const maxJitter = 0.1;

interface Claim {
  readonly queue: Queue;
  readonly at: Date;
  /** From 0 to 1. */
  readonly jitter: number;
}

/**
 * Claims the mail of a queue that has been due for the longest time. Counts the attempt and makes the mail due again later:
 * if the node is killed, another one sends it then. One statement, so that two nodes never claim the same attempt.
 */
export async function claimMail(
  sql: Sql,
  { queue, at, jitter }: Claim,
): Promise<QueuedMail | undefined> {
  const [claimed] = await readRows(
    sql,
    mailSchema,
    `UPDATE gatehouse_mail.outbox SET attempts = attempts + 1,
       due_at = $2::timestamptz + make_interval(secs => $3::float8 *
         (ARRAY[${backoffSeconds.join(', ')}])[least(attempts + 1, ${backoffSeconds.length})])
     WHERE id = (
       SELECT id FROM gatehouse_mail.outbox
       WHERE queue = $1 AND done_at IS NULL AND due_at <= $2::timestamptz
       ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id::text, queue, purpose, user_id::text AS "userId", address, app, locale, "values",
       created_at AS "createdAt", attempts, may_have_arrived AS "mayHaveArrived"`,
    queue,
    at.toISOString(),
    1 + maxJitter * jitter,
  );
  return claimed;
}

/** Notes that an attempt failed in which the mail may have reached its recipient. It stays due when the claim made it due. */
export async function noteArrival(sql: Sql, id: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.outbox SET may_have_arrived = true
     WHERE id = $1::uuid AND done_at IS NULL`,
    id,
  );
}

/** What became of a mail. NOTHING: there was nothing to send. */
export type Outcome = 'SENT' | 'NOTHING' | 'GIVEN_UP';

const dayMs = 24 * 60 * 60 * 1000;
const keptMs: Readonly<Record<Outcome, number>> = {
  SENT: dayMs,
  NOTHING: dayMs,
  GIVEN_UP: 7 * dayMs,
};

/** Ends the attempts to send a mail. It is removed later. */
export async function finishMail(
  sql: Sql,
  id: string,
  { outcome, at }: { readonly outcome: Outcome; readonly at: Date },
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.outbox
     SET outcome = $2, done_at = $3::timestamptz, remove_at = $4::timestamptz
     WHERE id = $1::uuid AND done_at IS NULL`,
    id,
    outcome,
    at.toISOString(),
    new Date(at.getTime() + keptMs[outcome]).toISOString(),
  );
}

/** At most so many mails are removed by one statement. */
const maxRemoved = 1000;

/** Removes mails that were done some time ago. Returns whether there may be more of them. */
export async function removeDoneMails(sql: Sql, at: Date): Promise<boolean> {
  const removed = await readRows(
    sql,
    z.unknown(),
    `DELETE FROM gatehouse_mail.outbox WHERE id = ANY (ARRAY(
       SELECT id FROM gatehouse_mail.outbox
       WHERE done_at IS NOT NULL AND remove_at <= $1::timestamptz
       ORDER BY remove_at LIMIT ${maxRemoved} FOR UPDATE SKIP LOCKED))
     RETURNING 1 AS removed`,
    at.toISOString(),
  );
  return removed.length === maxRemoved;
}

/** Gives up all mails to an address. */
export async function cancelMails(sql: Sql, addressKey: string, at: Date): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.outbox SET outcome = 'GIVEN_UP', done_at = $2::timestamptz, remove_at = $3::timestamptz
     WHERE done_at IS NULL AND lower(address) = $1`,
    addressKey,
    at.toISOString(),
    new Date(at.getTime() + keptMs.GIVEN_UP).toISOString(),
  );
}
