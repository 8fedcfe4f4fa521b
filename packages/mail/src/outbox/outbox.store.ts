import {
  findRow,
  fragment,
  hasRows,
  type RemovedRows,
  readRow,
  runSql,
  type Sql,
  type SqlFragment,
} from 'graphql-gatehouse/package';
import { z } from 'zod';
import { mailSchema, type NewMail, type Queue, type QueuedMail } from './mail.ts';

/** Adds a mail to the outbox, in the transaction of its cause. Returns its ID. */
export async function queueMail(sql: Sql, mail: NewMail, at: Date): Promise<string> {
  const { id } = await readRow(sql, z.object({ id: z.string() }))`
    INSERT INTO gatehouse_mail.outbox
      (id, queue, purpose, user_id, address, app, locale, "values", created_at, due_at)
    VALUES (gen_random_uuid(), ${mail.queue}, ${mail.purpose}, ${mail.userId ?? null}::uuid, ${mail.address},
      ${mail.app ?? null}, ${mail.locale ?? null}, ${JSON.stringify(mail.values ?? {})}::text::jsonb,
      ${at}::timestamptz, ${at}::timestamptz)
    RETURNING id::text`;
  return id;
}

/** Counts the mails of a purpose about an action to a user in the last hour. */
export async function countNotices(
  sql: Sql,
  { userId, purpose, action }: Readonly<Record<'userId' | 'purpose' | 'action', string>>,
  at: Date,
): Promise<number> {
  const { count } = await readRow(sql, z.object({ count: z.number() }))`
    SELECT count(*)::int AS count FROM gatehouse_mail.outbox
    WHERE user_id = ${userId}::uuid AND purpose = ${purpose} AND "values"->>'action' = ${action}
      AND created_at > ${at}::timestamptz - interval '1 hour'`;
  return count;
}

/** Whether a mail of a queue is to be sent. Without the order, PostgreSQL may read mails that are done. */
export const hasDueMail = (sql: Sql, queue: Queue, at: Date): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 AS due FROM gatehouse_mail.outbox
    WHERE queue = ${queue} AND done_at IS NULL AND due_at <= ${at}::timestamptz ORDER BY due_at LIMIT 1`;

/** After how many seconds a mail is due again, by the number of attempts. The last one counts for all that follow. */
const backoffSeconds = fragment`(ARRAY[60, 120, 300, 600, 900])[least(attempts + 1, 5)]`;

/** How much of the backoff is added at most, so that mails of one time are not tried again at one time. */
const maxJitter = 0.1;

/**
 * Claims the mail of a queue that has been due for the longest time. Counts the attempt and makes the mail due again later:
 * if the node is killed, another one sends it then. One statement, so that two nodes never claim the same attempt.
 * `jitter` is from 0 to 1.
 */
export const claimMail = (
  sql: Sql,
  { queue, at, jitter }: { readonly queue: Queue; readonly at: Date; readonly jitter: number },
): Promise<QueuedMail | undefined> =>
  findRow(sql, mailSchema)`
    UPDATE gatehouse_mail.outbox SET attempts = attempts + 1,
      due_at = ${at}::timestamptz + make_interval(secs => ${1 + maxJitter * jitter}::float8 *
        ${backoffSeconds})
    WHERE id = (
      SELECT id FROM gatehouse_mail.outbox
      WHERE queue = ${queue} AND done_at IS NULL AND due_at <= ${at}::timestamptz
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text, queue, purpose, user_id::text AS "userId", address, app, locale, "values",
      created_at AS "createdAt", attempts, may_have_arrived AS "mayHaveArrived"`;

/** Notes that an attempt failed in which the mail may have reached its recipient. It stays due when the claim made it due. */
export const noteArrival = (sql: Sql, id: string): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_mail.outbox SET may_have_arrived = true
    WHERE id = ${id}::uuid AND done_at IS NULL`;

/** What became of a mail. NOTHING: there was nothing to send. */
export type Outcome = 'SENT' | 'NOTHING' | 'GIVEN_UP';

const dayMs = 24 * 60 * 60 * 1000;
const keptMs: Readonly<Record<Outcome, number>> = {
  SENT: dayMs,
  NOTHING: dayMs,
  GIVEN_UP: 7 * dayMs,
};

interface Ending {
  readonly outcome: Outcome;
  readonly at: Date;
}

const finish = (sql: Sql, { outcome, at }: Ending, condition: SqlFragment): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_mail.outbox SET outcome = ${outcome}, done_at = ${at}::timestamptz,
      remove_at = ${new Date(at.getTime() + keptMs[outcome])}::timestamptz
    WHERE done_at IS NULL AND ${condition}`;

/** Ends the attempts to send a mail. It is removed later. */
export const finishMail = (sql: Sql, id: string, ending: Ending): Promise<void> =>
  finish(sql, ending, fragment`id = ${id}::uuid`);

/** The mails that were done some time ago. */
export const doneMails = (at: Date): RemovedRows => ({
  table: fragment`gatehouse_mail.outbox`,
  key: fragment`id`,
  condition: fragment`done_at IS NOT NULL AND remove_at <= ${at}::timestamptz ORDER BY remove_at`,
});

export const cancelMails = (sql: Sql, addressKey: string, at: Date): Promise<void> =>
  finish(sql, { outcome: 'GIVEN_UP', at }, fragment`lower(address) = ${addressKey}`);
