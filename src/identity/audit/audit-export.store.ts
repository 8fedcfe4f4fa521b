import type { StoreDependencies } from '../store-dependencies.ts';
import type { ExportRange } from './audit.input.ts';
import { type AuditEventRecord, eventFields } from './audit.records.ts';

/** The number of events that are in memory at once. */
const defaultPageSize = 1_000;

/** The maximum duration of an export. Until its end, PostgreSQL keeps old versions of rows for its snapshot. */
const maxExportMs = 24 * 60 * 60 * 1000;

/**
 * Passes the events of one snapshot of the log to `onPage`, oldest first. The next page is read when it resolves.
 *
 * @throws {ExportInterruptedError} and the error of `onPage`, which ends the export.
 */
export type ExportAudit = (
  range: ExportRange,
  onPage: (events: readonly AuditEventRecord[]) => Promise<void>,
) => Promise<void>;

/** PostgreSQL rolled the transaction back, so the rest would be from another snapshot. */
class ExportInterruptedError extends Error {
  override readonly name = 'ExportInterruptedError';

  constructor() {
    super('The database ended the export.');
  }
}

/** Creates the function that exports the audit log. */
export const createExportAudit =
  ({ database }: Pick<StoreDependencies, 'database'>, pageSize = defaultPageSize): ExportAudit =>
  async ({ afterId, sinceId, untilId }, onPage) => {
    let hasStarted = false;
    await database.$transaction(
      async (transaction) => {
        // A collision makes the transaction run again.
        if (hasStarted) throw new ExportInterruptedError();
        hasStarted = true;
        await transaction.$executeRaw`SET TRANSACTION READ ONLY`;
        // Before the snapshot is made: a partition that is dropped afterwards would be missing from it.
        await transaction.$executeRaw`LOCK TABLE gatehouse.audit_events IN ACCESS SHARE MODE`;
        let lastId = afterId;
        for (let isLast = false; !isLast; ) {
          const events = await transaction.auditEvent.findMany({
            where: {
              id: {
                ...(lastId === undefined ? {} : { gt: lastId }),
                ...(sinceId === undefined ? {} : { gte: sinceId }),
                ...(untilId === undefined ? {} : { lt: untilId }),
              },
            },
            orderBy: { id: 'asc' },
            take: pageSize,
            select: eventFields,
          });
          if (events.length > 0) await onPage(events);
          lastId = events.at(-1)?.id;
          isLast = events.length < pageSize;
        }
      },
      { isolationLevel: 'RepeatableRead', timeout: maxExportMs },
    );
  };
