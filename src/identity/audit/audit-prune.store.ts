import type { Origin } from '../../changes/origin.ts';
import { firstUuidOf } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/** The maximum number of events that one transaction removes, to keep transactions short. */
const maxBatchSize = 10_000;

/** An arbitrary key, which must not be used for another advisory lock in this database. */
const pruneLock = 4_283_002;

const dayMs = 24 * 60 * 60 * 1000;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Removes the events before a time, and returns their number. @throws {BadUserInputError} for a time in the future. */
export type PruneAudit = (before: Date, origin: Origin) => Promise<number>;

/**
 * Creates the only function that removes events from the audit log.
 *
 * It removes events in batches, oldest first. Each batch is one transaction, which also records an event
 * `audit.pruned` with the number of events and the time limit.
 */
export const createPruneAudit =
  ({ now, write }: StoreDependencies, batchSize = maxBatchSize): PruneAudit =>
  async (before, origin) => {
    if (!(before <= now())) {
      throw new BadUserInputError('before', '`before` must not be in the future.');
    }
    // No event is older than Unix time, which is also the minimum of a UUID, and the database rejects years before 1.
    if (before.getTime() <= 0) return 0;
    let pruned = 0;
    for (let lastId: string | undefined = firstId; lastId !== undefined; ) {
      const afterId: string = lastId;
      const batch = await write({ origin, lock: lockPruning }, async (transaction, { record }) => {
        const untilId = await findLastOfBatch(transaction, { before, afterId, batchSize });
        if (untilId === undefined) return { count: 0, untilId };
        const count = await removeEvents(transaction, { before, afterId, untilId });
        const detail = `${count} events before ${before.toISOString()}`;
        const event = { action: 'audit.pruned', subjectId: null, detail };
        if (count > 0) await record(event);
        return { count, untilId };
      });
      pruned += batch.count;
      lastId = batch.untilId;
    }
    return pruned;
  };

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

async function removeEvents(
  transaction: DatabaseTransaction,
  { before, afterId, untilId }: Batch,
): Promise<number> {
  // The trigger of the table requires this setting, which lasts until the transaction ends.
  await transaction.$executeRaw`SET LOCAL gatehouse.audit_prune = 'on'`;
  const { count } = await transaction.auditEvent.deleteMany({
    where: { id: { gt: afterId, lte: untilId }, at: { lt: before } },
  });
  return count;
}
