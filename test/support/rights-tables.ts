import { fragment, readRows, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

const uses = fragment`gatehouse_rights.group_uses`;

const useColumns = z.object({
  day: z.string(),
  coordinate: z.string(),
  group: z.string(),
  alone: z.number(),
  amongOthers: z.number(),
});

/** How often a group was used at a coordinate on one day: `2026-01-31`. */
export type GroupUse = z.infer<typeof useColumns>;

/** Returns the counts that are written, by day, coordinate and group. */
export const readUses = (sql: Sql): Promise<readonly GroupUse[]> =>
  readRows(sql, useColumns)`
    SELECT day::text, coordinate, "group", alone::int, among_others::int AS "amongOthers"
    FROM ${uses} ORDER BY day, coordinate, "group"`;

/** Adds counts as a node would write them. */
export const addUses = (sql: Sql, added: readonly GroupUse[]): Promise<void> =>
  runSql(sql)`
    INSERT INTO ${uses} SELECT * FROM jsonb_to_recordset(${JSON.stringify(added)}::jsonb)
      AS added (day date, coordinate text, "group" text, alone bigint, "amongOthers" bigint)`;

export const removeUses = (sql: Sql): Promise<void> => runSql(sql)`DELETE FROM ${uses}`;

/** Adds a time in which a node ran and counted, until now. */
export const addPeriod = (sql: Sql, startedAt: Date): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_rights.count_periods
    VALUES (gen_random_uuid(), ${startedAt}::timestamptz, now(), true)`;

const readColumns = z.object({
  id: z.string(),
  at: timeColumn,
  coordinate: z.string(),
  type: z.string().nullable(),
  ids: z.array(z.string()),
  actorKind: z.string().nullable(),
  actorId: z.string().nullable(),
  ip: z.string().nullable(),
  operation: z.string(),
  requestId: z.string(),
});

/** A read on record. */
export type RecordedRead = z.infer<typeof readColumns>;

/** Returns the reads on record after one of them, in the order of their ids. */
export const readReads = (
  sql: Sql,
  afterId = '00000000-0000-0000-0000-000000000000',
): Promise<readonly RecordedRead[]> =>
  readRows(sql, readColumns)`
    SELECT id, at, coordinate, type, ids, actor_kind AS "actorKind", actor_id AS "actorId", ip, operation,
      request_id AS "requestId"
    FROM gatehouse_rights.reads WHERE id > ${afterId}::uuid ORDER BY id`;

/** Returns the times in which nodes ran. */
export const readPeriods = (sql: Sql) =>
  readRows(sql, z.object({ startedAt: timeColumn, isCounting: z.boolean() }))`
    SELECT started_at AS "startedAt", is_counting AS "isCounting" FROM gatehouse_rights.count_periods`;
