import { createHash } from 'node:crypto';
import { fragment, hasRows, type Sql, type SqlFragment } from 'graphql-gatehouse/package';

/** How often something may happen, in windows that begin with the first time. */
export type Limits = Readonly<Record<'minute' | 'hour', number>>;

export interface Counter extends Limits {
  /** In hexadecimal. */
  readonly key: string;
}

export const createCounter = (what: string, name: string, limits: Limits): Counter => ({
  key: createHash('sha256').update(`${what}\n${name}`).digest('hex'),
  ...limits,
});

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const givenPart = (counters: readonly Counter[]): SqlFragment => fragment`given AS (
    SELECT decode(value->>'key', 'hex') AS key, (value->>'minute')::int AS minute, (value->>'hour')::int AS hour,
      number
    FROM jsonb_array_elements(${JSON.stringify(counters)}::text::jsonb) WITH ORDINALITY AS each (value, number)
  )`;

/** Counts those of `given` which meet a condition, and has a row for each that is within its limits. */
const countPart = (condition: SqlFragment, at: Date): SqlFragment => fragment`(
    INSERT INTO gatehouse_mail.request_counts AS known
      (key, minute_points, minute_ends_at, hour_points, hour_ends_at)
    SELECT key, 1, ${new Date(at.getTime() + minuteMs)}::timestamptz, 1, ${new Date(at.getTime() + hourMs)}::timestamptz
    FROM given WHERE ${condition}
    ON CONFLICT (key) DO UPDATE SET
      minute_points = CASE WHEN known.minute_ends_at <= ${at}::timestamptz THEN 1 ELSE known.minute_points + 1 END,
      minute_ends_at = CASE WHEN known.minute_ends_at <= ${at}::timestamptz
        THEN excluded.minute_ends_at ELSE known.minute_ends_at END,
      hour_points = CASE WHEN known.hour_ends_at <= ${at}::timestamptz THEN 1 ELSE known.hour_points + 1 END,
      hour_ends_at = CASE WHEN known.hour_ends_at <= ${at}::timestamptz
        THEN excluded.hour_ends_at ELSE known.hour_ends_at END
    WHERE (known.minute_ends_at <= ${at}::timestamptz
        OR known.minute_points < (SELECT minute FROM given WHERE given.key = known.key))
      AND (known.hour_ends_at <= ${at}::timestamptz
        OR known.hour_points < (SELECT hour FROM given WHERE given.key = known.key))
    RETURNING 1
  )`;

/**
 * The part of a statement that counts one counter or two: `counted` has a row for each that is within its limits. The
 * second one is counted only if the first one is within its limits, so that who is over them uses up nothing else.
 */
export const countingPart = (counters: readonly Counter[], at: Date): SqlFragment => fragment`
  ${givenPart(counters)}, first AS ${countPart(fragment`number = 1`, at)},
  second AS ${countPart(fragment`number = 2 AND EXISTS (SELECT 1 FROM first)`, at)},
  counted AS (SELECT 1 FROM first UNION ALL SELECT 1 FROM second)`;

/** Counts once more. Returns false, and counts nothing, when a limit is exceeded. */
export const count = (sql: Sql, counter: Counter, at: Date): Promise<boolean> =>
  hasRows(sql)`WITH ${countingPart([counter], at)} SELECT 1 AS one FROM counted`;
