import type { Origin } from '../../changes/origin.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import { firstUuidOf } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import {
  dropPartition,
  findDroppable,
  lockAndCount,
  monthOf,
  ownsAuditLog,
  type PartitionMonth,
} from './audit-partitions.store.ts';

/** The maximum number of events that one transaction deletes, to keep transactions short. */
const maxBatchSize = 10_000;

/** How long to try to lock the table, in milliseconds. Less than a transaction may take. */
const defaultPatienceMs = 5_000;

/** An arbitrary key, which must not be used for another advisory lock in this database. */
const pruneLock = 4_283_002;

const dayMs = 24 * 60 * 60 * 1000;
const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Removes the events before a time, and returns their number.
 *
 * @throws {BadUserInputError} for a time in the future.
 * @throws {NotOwnerError} for a role that does not own the table.
 * @throws {AuditLogInUseError} for example during a backup. What was removed until then stays removed.
 */
export type PruneAudit = (before: Date, origin: Origin) => Promise<number>;

export interface PruneLimits {
  readonly batchSize?: number;
  readonly patienceMs?: number;
}

/**
 * Creates the only function that removes events from the audit log.
 *
 * It drops the partitions of whole months, and deletes other events in batches, oldest first. Each month and each batch
 * is one transaction, which also records an event `audit.pruned` with the number of events and the time limit.
 */
export const createPruneAudit = (
  dependencies: StoreDependencies,
  { batchSize = maxBatchSize, patienceMs = defaultPatienceMs }: PruneLimits = {},
): PruneAudit => {
  const dropMonths = (pruning: Pruning) =>
    repeat<PartitionMonth>(pruning, '', async (transaction, after) => {
      const { before } = pruning;
      const month = await findDroppable(transaction, { after, before: monthOf(before) });
      if (month === undefined) return { count: 0, last: undefined };
      const { count, isOver } = await lockAndCount(transaction, month, before);
      // An event can be younger than its id, when a clock was set back.
      if (!isOver) return { count: 0, last: month };
      // Last in the transaction: events that are added wait from then on until it ends.
      const finish = async () => {
        if (!(await dropPartition(transaction, month, patienceMs))) throw new AuditLogInUseError();
      };
      return { count, last: month, finish };
    });

  const deleteRest = (pruning: Pruning) =>
    repeat(pruning, firstId, async (transaction, afterId) => {
      const { before } = pruning;
      const untilId = await findLastOfBatch(transaction, { before, afterId, batchSize });
      if (untilId === undefined) return { count: 0, last: untilId };
      return {
        count: await deleteEvents(transaction, { before, afterId, untilId }),
        last: untilId,
      };
    });

  return async (before, origin) => {
    if (!(before <= dependencies.now())) {
      throw new BadUserInputError('before', '`before` must not be in the future.');
    }
    // No event is older than Unix time, which is also the minimum of a UUID, and the database rejects years before 1.
    if (before.getTime() <= 0) return 0;
    if (!(await ownsAuditLog(dependencies.database))) throw new NotOwnerError();
    const pruning = { before, origin, write: dependencies.write };
    return (await dropMonths(pruning)) + (await deleteRest(pruning));
  };
};

/** Repeats one transaction until it finds nothing more, and returns the number of events that were removed. */
async function repeat<Position>(
  { before, origin, write }: Pruning,
  first: Position,
  step: (transaction: DatabaseTransaction, after: Position) => Promise<Step<Position>>,
): Promise<number> {
  let pruned = 0;
  for (let after: Position | undefined = first; after !== undefined; ) {
    const from: Position = after;
    const done = await write({ origin, lock: lockPruning }, async (transaction, { record }) => {
      const { count, last, finish } = await step(transaction, from);
      if (count > 0) await recordPruned(record, count, before);
      await finish?.();
      return { count, last };
    });
    pruned += done.count;
    after = done.last;
  }
  return pruned;
}

interface Pruning extends Pick<StoreDependencies, 'write'> {
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

const recordPruned = (record: Writing['record'], count: number, before: Date): Promise<void> =>
  record({
    action: 'audit.pruned',
    subjectId: null,
    detail: `${count} events before ${before.toISOString()}`,
  });

/** The role of nodes that cannot change tables is used. */
class NotOwnerError extends Error {
  override readonly name = 'NotOwnerError';

  constructor() {
    super(
      'Only the owner of the tables may remove events: set DATABASE_URL to the role that migrates.',
    );
  }
}

/** A partition could not be locked. */
class AuditLogInUseError extends Error {
  override readonly name = 'AuditLogInUseError';

  constructor() {
    super('The audit log is in use, for example by a backup or an export. Try again later.');
  }
}

/** Only one removal runs at a time: otherwise both would count the same events. */
const lockPruning = (transaction: DatabaseTransaction) =>
  transaction.$executeRaw`SELECT pg_advisory_xact_lock(${pruneLock}::bigint)`;

/** The condition for events between two ids, the first excluded, that happened before a time. */
interface Batch {
  readonly before: Date;
  readonly afterId: string;
  readonly untilId: string;
}

/**
 * Returns the id of the last event of the next batch. Ids start with the time of their creation, so the search ends
 * soon after the time limit, however many events there are.
 */
async function findLastOfBatch(
  transaction: DatabaseTransaction,
  { before, afterId, batchSize }: Omit<Batch, 'untilId'> & { readonly batchSize: number },
): Promise<string | undefined> {
  const dayLater = new Date(before.getTime() + dayMs);
  const boundId = firstUuidOf(dayLater);
  const events = await transaction.auditEvent.findMany({
    where: { id: { gt: afterId, lt: boundId }, at: { lt: before } },
    orderBy: { id: 'asc' },
    take: batchSize,
    select: { id: true },
  });
  return events.at(-1)?.id;
}

async function deleteEvents(
  transaction: DatabaseTransaction,
  { before, afterId, untilId }: Batch,
): Promise<number> {
  // The trigger of the table requires this setting of the owner. It lasts until the transaction ends.
  await transaction.$executeRaw`SET LOCAL gatehouse.audit_prune = 'on'`;
  const { count } = await transaction.auditEvent.deleteMany({
    where: { id: { gt: afterId, lte: untilId }, at: { lt: before } },
  });
  return count;
}
