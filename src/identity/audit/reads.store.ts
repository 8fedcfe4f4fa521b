import type { ListSource } from '../../context/replica-reads.ts';
import { startOfDay } from '../../values/start-of-day.ts';
import { lastUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { RecordKey } from './audit.input.ts';
import { createExport, type ExportRows } from './audit-export.store.ts';
import { createMakePartitions } from './audit-partitions.store.ts';
import { createPruneAudit, type PruneAudit } from './audit-prune.store.ts';
import type { ExportedRead, ReadRecord } from './reads.records.ts';
import { createAddReads, toStoredId } from './reads-insert.store.ts';

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
     * PostgreSQL could search the latest rows of the whole table.
     */
    page: (
      { limit, afterId = lastUuid }: IdPage,
      { type, id }: RecordKey,
      source: ListSource = 'primary',
    ): Promise<ReadRecord[]> => databases[source].$queryRaw<ReadRecord[]>`
      WITH found AS MATERIALIZED (
        SELECT id FROM gatehouse.audit_reads
        WHERE ids @> ARRAY[${toStoredId(id)}::text] AND type = ${type} AND id < ${afterId}::uuid
      ), latest AS MATERIALIZED (SELECT id FROM found ORDER BY id DESC LIMIT ${limit})
      SELECT id, at, coordinate, type, actor_kind::text AS "actorKind", actor_id AS "actorId", ip, operation,
        request_id AS "requestId"
      FROM latest JOIN gatehouse.audit_reads USING (id) ORDER BY id DESC`,
  };
}

/** Removes whole days (UTC): a node that prunes every hour then has something to remove once a day. */
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
    read: (transaction, { id, take }) =>
      transaction.auditRead.findMany({ where: { id }, orderBy: { id: 'asc' }, take }),
  });
