import type { Origin } from '../../changes/origin.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import type { LogTable } from '../../values/log-table.ts';
import { firstUuid, firstUuidOf } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import {
  dropPartition,
  findDroppable,
  lockAndCount,
  monthOf,
  NotOwnerError,
  ownsTable,
  type PartitionMonth,
} from './log-partitions.store.ts';

/** The maximum number of rows that one transaction deletes, to keep transactions short. */
const maxBatchSize = 10_000;

/** How long to try to lock the table, in milliseconds. Less than a transaction may take. */
const defaultPatienceMs = 5_000;

/** An arbitrary key, which must not be used for another advisory lock in this database. */
const pruneLock = 4_283_002;

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes the rows of a log before a time, and returns their number.
 *
 * @throws {BadUserInputError} for a time in the future.
 * @throws {NotOwnerError} for a role that does not own the table.
 * @throws {LogInUseError} for example during a backup. What was removed until then stays removed.
 */
export type PruneLog = (before: Date, origin: Origin) => Promise<number>;

/**
 * Creates the only function that removes rows from a log.
 *
 * It drops the partitions of whole months, and deletes other rows in batches, oldest first. Each month and each batch is
 * one transaction, which also records an event, such as `audit.pruned`, with the number of rows and the time limit.
 */
export const createPruneLog = (
  dependencies: StoreDependencies,
  log: LogTable,
  { batchSize = maxBatchSize, patienceMs = defaultPatienceMs } = {},
): PruneLog => {
  const { table } = log;
  const dropMonths = (pruning: Pruning) =>
    repeat<PartitionMonth>(pruning, '', async (transaction, after) => {
      const { before } = pruning;
      const month = await findDroppable(transaction, { table, after, before: monthOf(before) });
      if (month === undefined) return { count: 0, last: undefined };
      const partition = { table, month };
      const { count, isOver } = await lockAndCount(transaction, partition, before);
      // A row can be younger than its id, when a clock was set back.
      if (!isOver) return { count: 0, last: month };
      // Last in the transaction: rows that are added wait from then on until it ends.
      const finish = async () => {
        if (!(await dropPartition(transaction, partition, patienceMs)))
          throw new LogInUseError(log);
      };
      return { count, last: month, finish };
    });

  const deleteRest = (pruning: Pruning) =>
    repeat(pruning, firstUuid, async (transaction, afterId) => {
      const { before } = pruning;
      const untilId = await findLastOfBatch(transaction, { table, before, afterId, batchSize });
      if (untilId === undefined) return { count: 0, last: untilId };
      return {
        count: await deleteRows(transaction, { table, before, afterId, untilId }),
        last: untilId,
      };
    });

  return async (before, origin) => {
    if (!(before <= dependencies.now())) {
      throw new BadUserInputError('before', '`before` must not be in the future.');
    }
    // No row is older than Unix time, which is also the minimum of a UUID, and the database rejects years before 1.
    if (before.getTime() <= 0) return 0;
    if (!(await ownsTable(dependencies.database, log))) throw new NotOwnerError(`${log.row}s`);
    const pruning = { log, before, origin, write: dependencies.write };
    return (await dropMonths(pruning)) + (await deleteRest(pruning));
  };
};

/** Repeats one transaction until it finds nothing more, and returns the number of rows that were removed. */
async function repeat<Position>(
  { log, before, origin, write }: Pruning,
  first: Position,
  step: (transaction: DatabaseTransaction, after: Position) => Promise<Step<Position>>,
): Promise<number> {
  let pruned = 0;
  for (let after: Position | undefined = first; after !== undefined; ) {
    const from: Position = after;
    const done = await write({ origin, lock: lockPruning }, async (transaction, { record }) => {
      const { count, last, finish } = await step(transaction, from);
      if (count > 0) {
        const detail = `${count} ${log.row}s before ${before.toISOString()}`;
        await record({ action: `${log.name}.pruned`, subjectId: null, detail });
      }
      await finish?.();
      return { count, last };
    });
    pruned += done.count;
    after = done.last;
  }
  return pruned;
}

interface Pruning extends Pick<StoreDependencies, 'write'> {
  readonly log: LogTable;
  readonly before: Date;
  readonly origin: Origin;
}

/** The result of one transaction. */
interface Step<Position> {
  readonly count: number;
  /** Where the next transaction continues. Undefined: there is nothing more. */
  readonly last: Position | undefined;
  /** Called at the end of the transaction. */
  readonly finish?: () => Promise<void>;
}

/** A partition could not be locked. */
class LogInUseError extends Error {
  override readonly name = 'LogInUseError';

  constructor({ name }: LogTable) {
    super(`The log ${name} is in use, for example by a backup or an export. Try again later.`);
  }
}

/** Only one removal runs at a time: otherwise both would count the same rows. */
const lockPruning = (transaction: DatabaseTransaction) =>
  transaction.$executeRaw`SELECT pg_advisory_xact_lock(${pruneLock}::bigint)`;

/** The condition for rows between two ids, the first excluded, of before a time. */
interface Batch extends Pick<LogTable, 'table'> {
  readonly before: Date;
  readonly afterId: string;
  readonly untilId: string;
}

/**
 * Returns the id of the last row of the next batch. Ids start with the time of their creation, so the search ends soon
 * after the time limit, however many rows there are.
 */
async function findLastOfBatch(
  transaction: DatabaseTransaction,
  { table, before, afterId, batchSize }: Omit<Batch, 'untilId'> & { readonly batchSize: number },
): Promise<string | undefined> {
  const dayLater = new Date(before.getTime() + dayMs);
  const rows = await transaction.$queryRawUnsafe<{ readonly id: string }[]>(
    `SELECT id FROM ${table} WHERE id > $1::uuid AND id < $2::uuid AND at < $3::timestamptz
      ORDER BY id LIMIT $4::int`,
    afterId,
    firstUuidOf(dayLater),
    before,
    batchSize,
  );
  return rows.at(-1)?.id;
}

async function deleteRows(
  transaction: DatabaseTransaction,
  { table, before, afterId, untilId }: Batch,
): Promise<number> {
  // The trigger of the table requires this setting of the owner. It lasts until the transaction ends.
  await transaction.$executeRaw`SET LOCAL gatehouse.audit_prune = 'on'`;
  return transaction.$executeRawUnsafe(
    `DELETE FROM ${table} WHERE id > $1::uuid AND id <= $2::uuid AND at < $3::timestamptz`,
    afterId,
    untilId,
    before,
  );
}
