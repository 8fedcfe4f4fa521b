import { fragment, readRows, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { VersionUse } from './version-uses.ts';

const table = fragment`gatehouse_operations.version_uses`;

const useColumns = z.object({
  app: z.string(),
  version: z.string(),
  lastSeenAt: timeColumn,
  lastNeededAt: timeColumn.nullable(),
});

/** Records when versions were used, unless later uses are recorded. Nodes lock rows in the same order. */
export const recordUses = (sql: Sql, uses: readonly VersionUse[]): Promise<void> =>
  runSql(sql)`
    INSERT INTO ${table} AS use (app, version, last_seen_at, last_needed_at)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb)
      AS seen (app text, version text, "lastSeenAt" timestamptz, "lastNeededAt" timestamptz)
      ORDER BY app, version
    ON CONFLICT (app, version) DO UPDATE SET
      last_seen_at = greatest(use.last_seen_at, excluded.last_seen_at),
      last_needed_at = greatest(use.last_needed_at, excluded.last_needed_at)`;

/** Lists when each version was used. */
export const listUses = (sql: Sql): Promise<readonly VersionUse[]> =>
  readRows(sql, useColumns)`
    SELECT app, version, last_seen_at AS "lastSeenAt", last_needed_at AS "lastNeededAt" FROM ${table}`;
