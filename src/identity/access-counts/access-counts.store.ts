import type { StoreDependencies } from '../store-dependencies.ts';
import type { AccessCount, MembershipUse } from './access-counter.ts';

/** A time in which a node ran. */
export interface CountPeriod {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly isCounting: boolean;
}

/** The counts of one group at one coordinate, of several days. */
export interface CountedUse {
  readonly coordinate: string;
  readonly group: string;
  readonly alone: number;
  readonly amongOthers: number;
}

/** A membership without a use since a day. */
export interface UnusedMembership {
  readonly userId: string;
  readonly username: string;
  readonly group: string;
  /** In UTC, `2026-01-31`. Null: never, as far as it was counted. */
  readonly lastUsedOn: string | null;
}

/** Memberships without a use since a day. `hasMore`: there can be others. */
export interface UnusedMemberships {
  readonly memberships: readonly UnusedMembership[];
  readonly hasMore: boolean;
}

/** Without a membership, there is one row without an id. */
type UnusedRow = { readonly hasMore: boolean } & (UnusedMembership | { readonly userId: null });

/** How many memberships with an end are looked at, used or not. */
const maxEnding = 1_500;

export type AccessCountStore = ReturnType<typeof createAccessCountStore>;

/** Reads and writes the counts of rights. They are no changes: nothing depends on them but reports. */
export const createAccessCountStore = (dependencies: Pick<StoreDependencies, 'database'>) => ({
  ...createCountReads(dependencies),
  ...createCountWrites(dependencies),
});

function createCountWrites({ database }: Pick<StoreDependencies, 'database'>) {
  return {
    /** Adds counts to those of all nodes, in the order of the key, so that nodes do not wait in a circle. */
    async add(counts: readonly AccessCount[]): Promise<void> {
      await database.$executeRaw`
        INSERT INTO gatehouse.access_counts AS present (day, coordinate, "group", alone, among_others)
        SELECT * FROM unnest(
          ${counts.map(({ day }) => day)}::text[]::date[],
          ${counts.map(({ coordinate }) => coordinate)}::text[],
          ${counts.map(({ group }) => group)}::text[],
          ${counts.map(({ alone }) => alone)}::bigint[],
          ${counts.map(({ amongOthers }) => amongOthers)}::bigint[]
        ) AS counted (day, coordinate, "group", alone, among_others)
        ORDER BY day, coordinate, "group"
        ON CONFLICT (day, coordinate, "group") DO UPDATE SET
          alone = present.alone + excluded.alone,
          among_others = present.among_others + excluded.among_others`;
    },

    /** Records uses of memberships. Skips those that are locked by a change, and returns them. */
    async recordUse(uses: readonly MembershipUse[]): Promise<readonly MembershipUse[]> {
      const [days, users, groups] = [
        uses.map(({ day }) => day),
        uses.map(({ userId }) => userId),
        uses.map(({ group }) => group),
      ];
      await database.$executeRaw`
        WITH free AS MATERIALIZED (
          SELECT member.user_id, member."group", used.day
          FROM unnest(${days}::text[]::date[], ${users}::uuid[], ${groups}::text[]) AS used (day, user_id, "group")
          JOIN gatehouse.memberships AS member USING (user_id, "group")
          WHERE member.last_used_on IS NULL OR member.last_used_on < used.day
          FOR NO KEY UPDATE OF member SKIP LOCKED
        )
        UPDATE gatehouse.memberships AS member SET last_used_on = free.day
        FROM (SELECT user_id, "group", max(day) AS day FROM free GROUP BY 1, 2) AS free
        WHERE member.user_id = free.user_id AND member."group" = free."group"`;
      return database.$queryRaw<MembershipUse[]>`
        SELECT used.day::text AS day, used.user_id::text AS "userId", used."group"
        FROM unnest(${days}::text[]::date[], ${users}::uuid[], ${groups}::text[]) AS used (day, user_id, "group")
        JOIN gatehouse.memberships AS member USING (user_id, "group")
        WHERE member.last_used_on IS NULL OR member.last_used_on < used.day`;
    },

    /** Records that a node ran until `endedAt`. */
    async extendPeriod(id: string, { startedAt, endedAt, isCounting }: CountPeriod): Promise<void> {
      await database.$executeRaw`
        INSERT INTO gatehouse.access_count_periods AS present (id, started_at, ended_at, is_counting)
        VALUES (${id}::uuid, ${startedAt}, ${endedAt}, ${isCounting})
        ON CONFLICT (id) DO UPDATE SET ended_at = GREATEST(present.ended_at, excluded.ended_at)`;
    },

    /** Removes what is older than a day, at most `limit` counts. Returns how many counts were removed. */
    async removeBefore(day: string, limit: number): Promise<number> {
      await database.$executeRaw`
        DELETE FROM gatehouse.access_count_periods WHERE ended_at < ${new Date(day)}`;
      return database.$executeRaw`
        DELETE FROM gatehouse.access_counts WHERE (day, coordinate, "group") IN (
          SELECT day, coordinate, "group" FROM gatehouse.access_counts
          WHERE day < ${day}::text::date
          ORDER BY day, coordinate, "group" LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)`;
    },
  };
}

const createCountReads = ({ database }: Pick<StoreDependencies, 'database'>) => ({
  /** Returns the counts since a day, by coordinate and group. */
  countsSince: (day: string): Promise<CountedUse[]> =>
    database.$queryRaw`
      SELECT coordinate, "group", sum(alone)::float8 AS alone, sum(among_others)::float8 AS "amongOthers"
      FROM gatehouse.access_counts WHERE day >= ${day}::text::date
      GROUP BY coordinate, "group"`,

  /** Returns the times in which nodes ran that ended at a time or later, in the order of their starts. */
  periodsSince: (at: Date): Promise<CountPeriod[]> =>
    database.accessCountPeriod.findMany({
      where: { endedAt: { gte: at } },
      orderBy: { startedAt: 'asc' },
      select: { startedAt: true, endedAt: true, isCounting: true },
    }),

  /**
   * Returns memberships that were granted before a day and not used since, the longest unused ones first: at most
   * `limit`. The expressions are those of the indexes. Of memberships with an end, those are looked at that end first.
   */
  async unusedMemberships(
    day: string,
    { at, limit }: { at: Date; limit: number },
  ): Promise<UnusedMemberships> {
    const rows = await database.$queryRaw<UnusedRow[]>`
      WITH endless AS (
        SELECT user_id, "group", last_used_on,
          GREATEST(last_used_on, (granted_at AT TIME ZONE 'UTC')::date) AS since
        FROM gatehouse.memberships
        WHERE expires_at IS NULL
          AND GREATEST(last_used_on, (granted_at AT TIME ZONE 'UTC')::date) < ${day}::text::date
        ORDER BY GREATEST(last_used_on, (granted_at AT TIME ZONE 'UTC')::date), "group", user_id
        LIMIT ${limit + 1}::int
      ), ending AS MATERIALIZED (
        SELECT user_id, "group", last_used_on,
          GREATEST(last_used_on, (granted_at AT TIME ZONE 'UTC')::date) AS since
        FROM gatehouse.memberships WHERE expires_at > ${at} ORDER BY expires_at LIMIT ${maxEnding}::int
      ), listed AS MATERIALIZED (
        SELECT * FROM endless UNION ALL SELECT * FROM ending WHERE since < ${day}::text::date
        ORDER BY since, "group", user_id LIMIT ${limit + 1}::int
      ), counted AS (
        SELECT (SELECT count(*) FROM listed) > ${limit}::int
          OR (SELECT count(*) FROM ending) = ${maxEnding}::int AS "hasMore"
      )
      SELECT counted."hasMore", owner.id::text AS "userId", owner.username, listed."group",
        listed.last_used_on::text AS "lastUsedOn"
      FROM counted LEFT JOIN (
        listed CROSS JOIN LATERAL (
          SELECT id, username FROM gatehouse.users WHERE id = listed.user_id OFFSET 0) AS owner
      ) ON true
      ORDER BY listed.since, listed."group", listed.user_id`;
    const memberships = rows.filter(
      (row): row is UnusedRow & UnusedMembership => row.userId !== null,
    );
    return {
      memberships: memberships.slice(0, limit).map(({ hasMore: _, ...membership }) => membership),
      hasMore: rows[0]?.hasMore ?? false,
    };
  },
});
