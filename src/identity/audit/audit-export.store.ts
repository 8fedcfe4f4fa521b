import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { ExportRange } from './audit.input.ts';
import { type AuditEventRecord, eventFields } from './audit.records.ts';
import type { AuditTable } from './audit-partitions.store.ts';

/** The number of events that are in memory at once. */
const defaultPageSize = 1_000;

/** The maximum duration of an export. Until its end, PostgreSQL keeps old versions of rows for its snapshot. */
const maxExportMs = 24 * 60 * 60 * 1000;

/**
 * Passes the rows of one snapshot of a table to `onPage`, oldest first. The next page is read when it resolves.
 *
 * @throws {ExportInterruptedError} and the error of `onPage`, which ends the export.
 */
export type ExportRows<Row> = (
  range: ExportRange,
  onPage: (rows: readonly Row[]) => Promise<void>,
) => Promise<void>;

export type ExportAudit = ExportRows<AuditEventRecord>;

/** One page of an export, in the order of ids. */
interface ExportPage {
  readonly id: Prisma.UuidFilter;
  readonly take: number;
}

/** How the rows of a table are exported. */
interface ExportTerms<Row> {
  readonly table: AuditTable;
  readonly pageSize: number;
  readonly read: (transaction: DatabaseTransaction, page: ExportPage) => Promise<readonly Row[]>;
}

/** PostgreSQL rolled the transaction back, so the rest would be from another snapshot. */
class ExportInterruptedError extends Error {
  override readonly name = 'ExportInterruptedError';

  constructor() {
    super('The database ended the export.');
  }
}

/** Creates the function that exports a table of the audit log. */
export const createExport =
  <Row extends { readonly id: string }>(
    { database }: Pick<StoreDependencies, 'database'>,
    { table, pageSize, read }: ExportTerms<Row>,
  ): ExportRows<Row> =>
  async ({ afterId, sinceId, untilId }, onPage) => {
    let hasStarted = false;
    await database.$transaction(
      async (transaction) => {
        // A collision makes the transaction run again.
        if (hasStarted) throw new ExportInterruptedError();
        hasStarted = true;
        await transaction.$executeRaw`SET TRANSACTION READ ONLY`;
        // Before the snapshot is made: a partition that is dropped afterwards would be missing from it.
        await transaction.$executeRawUnsafe(`LOCK TABLE gatehouse.${table} IN ACCESS SHARE MODE`);
        let lastId = afterId;
        for (let isLast = false; !isLast; ) {
          const rows = await read(transaction, {
            id: {
              ...(lastId === undefined ? {} : { gt: lastId }),
              ...(sinceId === undefined ? {} : { gte: sinceId }),
              ...(untilId === undefined ? {} : { lt: untilId }),
            },
            take: pageSize,
          });
          if (rows.length > 0) await onPage(rows);
          lastId = rows.at(-1)?.id;
          isLast = rows.length < pageSize;
        }
      },
      { isolationLevel: 'RepeatableRead', timeout: maxExportMs },
    );
  };

/** Creates the function that exports the events. */
export const createExportAudit = (
  dependencies: Pick<StoreDependencies, 'database'>,
  pageSize = defaultPageSize,
): ExportAudit =>
  createExport(dependencies, {
    table: 'audit_events',
    pageSize,
    read: (transaction, { id, take }) =>
      transaction.auditEvent.findMany({
        where: { id },
        orderBy: { id: 'asc' },
        take,
        select: eventFields,
      }),
  });
