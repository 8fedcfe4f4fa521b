import { fragment, readRows, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { toStoredId } from './add-reads.ts';
import type { RecordKey } from './read-record.ts';

const reads = fragment`gatehouse_rights.reads`;

const readColumns = z.object({
  id: z.string(),
  at: timeColumn,
  coordinate: z.string(),
  type: z.string().nullable(),
  actorKind: z.enum(['USER', 'API_CLIENT']).nullable(),
  actorId: z.string().nullable(),
  ip: z.string().nullable(),
  operation: z.string(),
  requestId: z.string(),
});

/** A read, without its ids. */
export type ReadRecord = Readonly<z.infer<typeof readColumns>>;

const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Returns the reads of one record, latest first. The rows with its id are found first, by their index: otherwise
 * PostgreSQL could search the latest rows of the whole table. OFFSET keeps the query of one row from being joined
 * with the whole table: it does not know how few are found.
 */
export const readReadsOf = (
  sql: Sql,
  { type, id }: RecordKey,
  { limit, afterId = lastUuid }: { readonly limit: number; readonly afterId: string | undefined },
): Promise<readonly ReadRecord[]> =>
  readRows(sql, readColumns)`
    WITH found AS MATERIALIZED (
      SELECT id FROM ${reads}
      WHERE ids @> ARRAY[${toStoredId(id)}::text] AND type = ${type}::text AND id < ${afterId}::uuid
    ), latest AS MATERIALIZED (SELECT id FROM found ORDER BY id DESC LIMIT ${limit}::int)
    SELECT of_id.id, at, coordinate, type, actor_kind AS "actorKind", actor_id AS "actorId", ip, operation,
      request_id AS "requestId"
    FROM latest CROSS JOIN LATERAL (SELECT * FROM ${reads} AS read WHERE read.id = latest.id OFFSET 0) AS of_id
    ORDER BY of_id.id DESC`;
