import type { ListSource } from '../../context/replica-reads.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { startOfDay } from '../../values/start-of-day.ts';
import { lastUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { RecordKey } from './audit.input.ts';
import { createExport, type ExportRows } from './audit-export.store.ts';
import { createMakePartitions } from './audit-partitions.store.ts';
import { createPruneAudit, type PruneAudit } from './audit-prune.store.ts';
import type { ExportedRead, ReadRecord } from './reads.records.ts';
import { createAddReads, minSharedIds, toStoredId } from './reads-insert.store.ts';

/** A row can have a thousand ids. */
const exportPageSize = 100;

export type ReadStore = ReturnType<typeof createReadStore>;

/** Records what was read, and reads these records. */
export function createReadStore(dependencies: StoreDependencies) {
  const { database, replica } = dependencies;
  const databases = { primary: database, replica: replica?.database ?? database };
  return {
    add: createAddReads(dependencies),
    export: createExportReads(dependencies),
    prune: createPruneReads(dependencies),
    makePartitions: createMakePartitions(dependencies, 'audit_reads'),

    /**
     * Returns the reads of one record, latest first. The rows with its id are found first, by their index: otherwise
     * PostgreSQL could search the latest rows of the whole table. Then come the rows of the same day that refer to them.
     */
    page: (
      { limit, afterId = lastUuid }: IdPage,
      { type, id }: RecordKey,
      source: ListSource = 'primary',
    ): Promise<ReadRecord[]> => databases[source].$queryRaw<ReadRecord[]>`
      WITH listed AS MATERIALIZED (
        SELECT id, at, cardinality(ids) AS size FROM gatehouse.audit_reads
        WHERE ids @> ARRAY[${toStoredId(id)}::text] AND type = ${type}
      ), found AS MATERIALIZED (
        SELECT id FROM listed WHERE id < ${afterId}::uuid
        UNION ALL
        SELECT same.id FROM listed CROSS JOIN LATERAL (
          SELECT id FROM gatehouse.audit_reads
          WHERE same_ids_as = listed.id AND id < ${afterId}::uuid
            AND id > listed.id AND id < gatehouse.first_uuid_of(listed.at + INTERVAL '1 day')
          ORDER BY id DESC LIMIT ${limit}
        ) AS same WHERE listed.size >= ${minSharedIds}
        ORDER BY id DESC LIMIT ${limit}
      )
      SELECT id, at, coordinate, type, actor_kind::text AS "actorKind", actor_id AS "actorId", ip, operation,
        request_id AS "requestId"
      FROM found JOIN gatehouse.audit_reads USING (id) ORDER BY id DESC`,
  };
}

/** Removes whole days (UTC): rows of one day can share their ids. */
function createPruneReads(dependencies: StoreDependencies): PruneAudit {
  const prune = createPruneAudit(dependencies, { table: 'audit_reads' });
  return (before, origin) => prune(startOfDay(before), origin);
}

/** Creates the function that exports the reads, each row with its ids. */
export const createExportReads = (
  dependencies: Pick<StoreDependencies, 'database'>,
  pageSize = exportPageSize,
): ExportRows<ExportedRead> =>
  createExport(dependencies, {
    table: 'audit_reads',
    pageSize,
    async read(transaction, { id, take }) {
      const rows = await transaction.auditRead.findMany({
        where: { id },
        orderBy: { id: 'asc' },
        take,
      });
      const shared = await readShared(
        transaction,
        rows.flatMap(({ sameIdsAs }) => sameIdsAs ?? []),
      );
      return rows.map(({ sameIdsAs, ids, ...row }) => ({
        ...row,
        ids: sameIdsAs === null ? ids : (shared.get(sameIdsAs) ?? []),
      }));
    },
  });

/** Reads the ids of these rows. */
async function readShared(
  transaction: DatabaseTransaction,
  rowIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await transaction.auditRead.findMany({
    where: { id: { in: [...new Set(rowIds)] } },
    select: { id: true, ids: true },
  });
  return new Map(rows.map(({ id, ids }) => [id, ids]));
}
