import type { DatabaseTransaction } from '../../database/connect.ts';
import type { LogRow, LogTable } from '../../values/log-table.ts';
import { firstUuid, lastUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { ExportRange } from './audit.input.ts';

/** The maximum duration of an export. Until its end, PostgreSQL keeps old versions of rows for its snapshot. */
const maxExportMs = 24 * 60 * 60 * 1000;

/**
 * Passes the rows of one snapshot of a log to `onPage`, oldest first. The next page is read when it resolves.
 *
 * @throws {Error} when PostgreSQL ended the export. @throws the error of `onPage`, which ends the export.
 */
export type ExportLog = (
  range: ExportRange,
  onPage: (rows: readonly LogRow[]) => Promise<void>,
) => Promise<void>;

export const createExportLog =
  ({ database }: Pick<StoreDependencies, 'database'>, log: LogTable): ExportLog =>
  async ({ afterId = firstUuid, sinceId = firstUuid, untilId = lastUuid }, onPage) => {
    const readAfter = createReadAfter(log, { sinceId, untilId });
    let hasStarted = false;
    await database.$transaction(
      async (transaction) => {
        // A collision makes the transaction run again: the rest would be from another snapshot.
        if (hasStarted) throw new Error('The database ended the export.');
        hasStarted = true;
        await transaction.$executeRaw`SET TRANSACTION READ ONLY`;
        // Before the snapshot is made: a partition that is dropped afterwards would be missing from it.
        await transaction.$executeRawUnsafe(`LOCK TABLE ${log.table} IN ACCESS SHARE MODE`);
        let lastId: string | undefined = afterId;
        while (lastId !== undefined) {
          const rows: readonly LogRow[] = await readAfter(transaction, lastId);
          if (rows.length > 0) await onPage(rows);
          lastId = rows.length < log.pageSize ? undefined : rows.at(-1)?.id;
        }
      },
      { isolationLevel: 'RepeatableRead', timeout: maxExportMs },
    );
  };

function createReadAfter(
  { table, columns, pageSize }: LogTable,
  { sinceId, untilId }: { readonly sinceId: string; readonly untilId: string },
) {
  const selected = Object.entries(columns).map(([name, column]) => `, ${column} AS "${name}"`);
  const text = `SELECT id, at${selected.join('')} FROM ${table}
    WHERE id > $1::uuid AND id >= $2::uuid AND id < $3::uuid ORDER BY id LIMIT $4::int`;
  return (transaction: DatabaseTransaction, afterId: string) =>
    transaction.$queryRawUnsafe<LogRow[]>(text, afterId, sinceId, untilId, pageSize);
}
