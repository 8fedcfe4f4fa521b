import type { SqlTransaction } from 'graphql-gatehouse';
import {
  fragment,
  readRows,
  removeRows,
  runSql,
  type Sql,
  timeColumn,
} from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { MembershipUse, UseCount } from './use-counter.ts';

const uses = fragment`gatehouse_rights.group_uses`;
const periods = fragment`gatehouse_rights.count_periods`;

const periodColumns = z.object({
  startedAt: timeColumn,
  endedAt: timeColumn,
  isCounting: z.boolean(),
});

export type CountPeriod = Readonly<z.infer<typeof periodColumns>>;

const countColumns = z.object({
  coordinate: z.string(),
  group: z.string(),
  alone: z.number(),
  amongOthers: z.number(),
});

/** The counts of one group at one coordinate, of several days. */
export type CountedUse = Readonly<z.infer<typeof countColumns>>;

const useColumns = z.object({ day: z.string(), userId: z.string(), group: z.string() });

const membershipColumns = z.object({
  userId: z.string(),
  username: z.string(),
  group: z.string(),
  /** In UTC, `2026-01-31`. Null: never, as far as it was counted. */
  lastUsedOn: z.string().nullable(),
});

/** A membership without a use since a day. */
export type UnusedMembership = Readonly<z.infer<typeof membershipColumns>>;

const unusedColumns = z.object({
  hasMore: z.boolean(),
  membership: membershipColumns.nullable(),
});

/** Memberships without a use since a day. `hasMore`: there can be others. */
export interface UnusedMemberships {
  readonly memberships: readonly UnusedMembership[];
  readonly hasMore: boolean;
}

/** How many memberships with an end are looked at, used or not. */
const maxEnding = 1_500;

export type CountsStore = ReturnType<typeof createCountsStore>;

/** Reads and writes the counts of rights. They are no changes: nothing depends on them but reports. */
export const createCountsStore = (sql: Sql) => ({
  ...createCountReads(sql),
  ...createCountWrites(sql),
});

const createCountWrites = (sql: Sql) => ({
  /** Adds counts to those of all nodes, in the order of the key, so that nodes do not wait in a circle. */
  add: (counts: readonly UseCount[]): Promise<void> =>
    runSql(sql)`
      INSERT INTO ${uses} AS present (day, coordinate, "group", alone, among_others)
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS counted (day date, coordinate text, "group" text, alone bigint, "amongOthers" bigint)
      ORDER BY day, coordinate, "group"
      ON CONFLICT (day, coordinate, "group") DO UPDATE SET
        alone = present.alone + excluded.alone,
        among_others = present.among_others + excluded.among_others`,

  /** Records uses of memberships. Skips those that are locked by a change, and returns them. */
  async recordUse(used: readonly MembershipUse[]): Promise<readonly MembershipUse[]> {
    // An array, of which PostgreSQL expects few rows: it finds the memberships by their key.
    const unrecorded = fragment`(
      SELECT (value->>'day')::date AS day, (value->>'userId')::uuid AS user_id, value->>'group' AS "group"
      FROM unnest(ARRAY(SELECT jsonb_array_elements(${JSON.stringify(used)}::jsonb))) AS value
    ) AS used JOIN gatehouse.memberships AS member USING (user_id, "group")
    WHERE (member.last_used_on IS NULL OR member.last_used_on < used.day)`;
    await runSql(sql)`
      WITH free AS MATERIALIZED (
        SELECT member.user_id, member."group", member.source, used.day FROM ${unrecorded}
        FOR NO KEY UPDATE OF member SKIP LOCKED
      )
      UPDATE gatehouse.memberships AS member SET last_used_on = free.day
      FROM (SELECT user_id, "group", source, max(day) AS day FROM free GROUP BY 1, 2, 3) AS free
      WHERE member.user_id = free.user_id AND member."group" = free."group" AND member.source = free.source`;
    return readRows(sql, useColumns)`
      SELECT used.day::text AS day, used.user_id::text AS "userId", used."group" FROM ${unrecorded}`;
  },

  /** Records that a node ran until `endedAt`. */
  extendPeriod: (id: string, { startedAt, endedAt, isCounting }: CountPeriod): Promise<void> =>
    runSql(sql)`
      INSERT INTO ${periods} AS present (id, started_at, ended_at, is_counting)
      VALUES (${id}::uuid, ${startedAt}::timestamptz, ${endedAt}::timestamptz, ${isCounting}::boolean)
      ON CONFLICT (id) DO UPDATE SET ended_at = GREATEST(present.ended_at, excluded.ended_at)`,

  /** Removes what is older than a day. */
  async removeBefore(day: string, isStopped: () => boolean): Promise<void> {
    await runSql(sql)`DELETE FROM ${periods} WHERE ended_at < ${new Date(day)}::timestamptz`;
    await removeRows(
      sql,
      { table: uses, key: fragment`ctid`, condition: fragment`day < ${day}::text::date` },
      isStopped,
    );
  },
});

const createCountReads = (sql: Sql) => ({
  /** Returns the counts since a day, by coordinate and group. */
  countsSince: (day: string): Promise<readonly CountedUse[]> =>
    readRows(sql, countColumns)`
      SELECT coordinate, "group", sum(alone)::float8 AS alone, sum(among_others)::float8 AS "amongOthers"
      FROM ${uses} WHERE day >= ${day}::text::date
      GROUP BY coordinate, "group"`,

  /** Returns the times in which nodes ran that ended at a time or later, in the order of their starts. */
  periodsSince: (at: Date): Promise<readonly CountPeriod[]> =>
    readRows(sql, periodColumns)`
      SELECT started_at AS "startedAt", ended_at AS "endedAt", is_counting AS "isCounting"
      FROM ${periods} WHERE ended_at >= ${at}::timestamptz ORDER BY started_at`,

  /**
   * Returns memberships that were granted before a day and not used since, the longest unused ones first: at most
   * `limit`. The expressions are those of the indexes. Of memberships with an end, those are looked at that end first.
   * Those of packages are left out: each login renews them, and they are taken away elsewhere.
   */
  async unusedMemberships(
    day: string,
    { at, limit }: { at: Date; limit: number },
  ): Promise<UnusedMemberships> {
    const since = fragment`GREATEST(last_used_on, (granted_at AT TIME ZONE 'UTC')::date)`;
    const rows = await readRows(sql, unusedColumns)`
      WITH endless AS (
        SELECT user_id, "group", last_used_on, ${since} AS since
        FROM gatehouse.memberships
        WHERE expires_at IS NULL AND ${since} < ${day}::text::date
        ORDER BY ${since}, "group", user_id LIMIT ${limit + 1}::int
      ), ending AS MATERIALIZED (
        SELECT user_id, "group", last_used_on, ${since} AS since
        FROM gatehouse.memberships WHERE expires_at > ${at}::timestamptz AND source = '' ORDER BY expires_at LIMIT ${maxEnding}::int
      ), listed AS MATERIALIZED (
        SELECT * FROM endless UNION ALL SELECT * FROM ending WHERE since < ${day}::text::date
        ORDER BY since, "group", user_id LIMIT ${limit + 1}::int
      ), counted AS (
        SELECT (SELECT count(*) FROM listed) > ${limit}::int
          OR (SELECT count(*) FROM ending) = ${maxEnding}::int AS "hasMore"
      )
      SELECT counted."hasMore", CASE WHEN owner.id IS NOT NULL THEN jsonb_build_object(
        'userId', owner.id, 'username', owner.username, 'group', listed."group",
        'lastUsedOn', listed.last_used_on) END AS membership
      FROM counted LEFT JOIN (
        listed CROSS JOIN LATERAL (
          SELECT id, username FROM gatehouse.users WHERE id = listed.user_id OFFSET 0) AS owner
      ) ON true
      ORDER BY listed.since, listed."group", listed.user_id`;
    return {
      memberships: rows.flatMap(({ membership }) => membership ?? []).slice(0, limit),
      hasMore: rows[0]?.hasMore ?? false,
    };
  },
});

/** Adds the counts of a renamed group to those of its new name: its rights were used. */
export const renameUses = (
  sql: SqlTransaction,
  { name, newName }: { readonly name: string; readonly newName: string },
): Promise<void> =>
  runSql(sql)`
    WITH old AS (DELETE FROM ${uses} WHERE "group" = ${name}::text RETURNING *)
    INSERT INTO ${uses} AS present (day, coordinate, "group", alone, among_others)
    SELECT day, coordinate, ${newName}::text, alone, among_others FROM old ORDER BY day, coordinate
    ON CONFLICT (day, coordinate, "group") DO UPDATE SET
      alone = present.alone + excluded.alone,
      among_others = present.among_others + excluded.among_others`;
