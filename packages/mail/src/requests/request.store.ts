import { findRow, type Sql } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { countingPart, createCounter } from '../database/counters.ts';

export interface MailRequest {
  readonly purpose: string;
  /** As it was typed, in its strict form. */
  readonly address: string;
  readonly addressKey: string;
  readonly app: string | null;
  readonly locale: string | null;
  /** The key of the sender's address. Undefined: it is not known, and all of them would share one counter. */
  readonly sender: string | undefined;
}

/** Requests for one address: 1 a minute, 5 an hour, in windows that begin with the first one. */
const targetLimits = { minute: 1, hour: 5 };
/** Requests from one sender, who may be many people behind one address. */
const senderLimits = { minute: 10, hour: 60 };
/** How many requests may wait. */
export const maxWaiting = 10_000;

/**
 * Stores a request, unless a limit is exceeded, by one statement that looks for no account: a known and an unknown address
 * take the same time. Returns whether the queue is full. The client gets the same answer for all.
 */
export async function requestMail(sql: Sql, request: MailRequest, at: Date): Promise<boolean> {
  const { purpose, address, addressKey, app, locale, sender } = request;
  // The sender comes before the target in each request, so that two of them cannot deadlock.
  const counted = [
    ...(sender === undefined ? [] : [createCounter('sender', sender, senderLimits)]),
    createCounter(`target ${purpose}`, addressKey, targetLimits),
  ];
  const outcome = await findRow(sql, outcomeSchema)`
    WITH ${countingPart(counted, at)}, allowed AS (
      SELECT (SELECT count(*) FROM counted) = ${counted.length}::int AS "isAllowed", NOT EXISTS (
        SELECT 1 FROM gatehouse_mail.outbox WHERE queue = 'REQUEST' AND done_at IS NULL
        OFFSET ${maxWaiting - 1}::int LIMIT 1
      ) AS "hasRoom"
    ), queued AS (
      INSERT INTO gatehouse_mail.outbox
        (id, queue, purpose, address, app, locale, created_at, due_at)
      SELECT gen_random_uuid(), 'REQUEST', ${purpose}, ${address}, ${app}, ${locale}, ${at}::timestamptz, ${at}::timestamptz
      FROM allowed WHERE "isAllowed" AND "hasRoom"
      RETURNING 1
    )
    SELECT CASE WHEN EXISTS (SELECT 1 FROM queued) THEN 'queued' WHEN "isAllowed" THEN 'full' ELSE 'limited' END
      AS requested
    FROM allowed`;
  return outcome?.requested === 'full';
}

const outcomeSchema = z.object({ requested: z.enum(['queued', 'limited', 'full']) });
