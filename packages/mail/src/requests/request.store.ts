import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readRows, type Sql } from '../database/rows.ts';

/** A mail that an anonymous viewer asks for. */
export interface MailRequest {
  readonly purpose: 'reset' | 'sign-up';
  /** As it was typed, in its strict form. */
  readonly address: string;
  readonly addressKey: string;
  readonly app: string | null;
  readonly locale: string | null;
  /** The key of the sender's address. Undefined: it is not known, and all of them would share one counter. */
  readonly sender: string | undefined;
}

/** What became of a request. The client gets the same answer for all. */
export type Requested = 'queued' | 'limited' | 'full';

/** Requests for one address: 1 a minute, 5 an hour, in windows that begin with the first one. */
const targetLimits = { minute: 1, hour: 5 };
/** Requests from one sender, who may be many people behind one address. */
const senderLimits = { minute: 10, hour: 60 };
/** How many requests may wait. */
export const maxWaiting = 10_000;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Stores a request, unless a limit is exceeded, by one statement that looks for no account: a known and an unknown address
 * take the same time.
 */
export async function requestMail(sql: Sql, request: MailRequest, at: Date): Promise<Requested> {
  const { purpose, address, addressKey, app, locale, sender } = request;
  const counted = [
    ...(sender === undefined ? [] : [{ key: keyOf('sender', sender), ...senderLimits }]),
    { key: keyOf(`target ${purpose}`, addressKey), ...targetLimits },
  ];
  const [outcome] = await readRows(
    sql,
    z.object({ requested: z.enum(['queued', 'limited', 'full']) }),
    requestStatement,
    JSON.stringify(counted),
    at.toISOString(),
    new Date(at.getTime() + minuteMs).toISOString(),
    new Date(at.getTime() + hourMs).toISOString(),
    counted.length,
    purpose,
    address,
    app,
    locale,
  );
  return outcome?.requested ?? 'limited';
}

const keyOf = (what: string, name: string): string =>
  createHash('sha256').update(`${what}\n${name}`).digest('hex');

/** The sender is locked before the target, in each request: two of them cannot deadlock. */
const requestStatement = `
  WITH given AS (
    SELECT decode(value->>'key', 'hex') AS key, (value->>'minute')::int AS minute, (value->>'hour')::int AS hour,
      number
    FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS each (value, number)
  ), counted AS (
    INSERT INTO gatehouse_mail.request_counts AS known
      (key, minute_points, minute_ends_at, hour_points, hour_ends_at)
    SELECT key, 1, $3::timestamptz, 1, $4::timestamptz FROM given ORDER BY number
    ON CONFLICT (key) DO UPDATE SET
      minute_points = CASE WHEN known.minute_ends_at <= $2::timestamptz THEN 1 ELSE known.minute_points + 1 END,
      minute_ends_at = CASE WHEN known.minute_ends_at <= $2::timestamptz
        THEN excluded.minute_ends_at ELSE known.minute_ends_at END,
      hour_points = CASE WHEN known.hour_ends_at <= $2::timestamptz THEN 1 ELSE known.hour_points + 1 END,
      hour_ends_at = CASE WHEN known.hour_ends_at <= $2::timestamptz
        THEN excluded.hour_ends_at ELSE known.hour_ends_at END
    WHERE (known.minute_ends_at <= $2::timestamptz
        OR known.minute_points < (SELECT minute FROM given WHERE given.key = known.key))
      AND (known.hour_ends_at <= $2::timestamptz
        OR known.hour_points < (SELECT hour FROM given WHERE given.key = known.key))
    RETURNING 1
  ), allowed AS (
    SELECT (SELECT count(*) FROM counted) = $5::int AS "isAllowed", NOT EXISTS (
      SELECT 1 FROM gatehouse_mail.outbox WHERE queue = 'REQUEST' AND done_at IS NULL
      OFFSET ${maxWaiting - 1} LIMIT 1
    ) AS "hasRoom"
  ), queued AS (
    INSERT INTO gatehouse_mail.outbox
      (id, queue, purpose, address, app, locale, created_at, due_at)
    SELECT gen_random_uuid(), 'REQUEST', $6, $7, $8, $9, $2::timestamptz, $2::timestamptz
    FROM allowed WHERE "isAllowed" AND "hasRoom"
    RETURNING 1
  )
  SELECT CASE WHEN EXISTS (SELECT 1 FROM queued) THEN 'queued' WHEN "isAllowed" THEN 'full' ELSE 'limited' END
    AS requested
  FROM allowed`;
