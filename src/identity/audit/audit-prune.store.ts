import type { Origin } from '../../changes/origin.ts';
import { firstUuidOf } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/** How many events one transaction removes at most: more would keep it open for too long. */
const maxBatchSize = 10_000;

/** Any number will do, as long as no one else uses it for another purpose in this database. */
const pruneLock = 4_283_002;

const dayMs = 24 * 60 * 60 * 1000;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Removes the events before a moment, and tells how many. @throws {BadUserInputError} for the future. */
export type PruneAudit = (before: Date, origin: Origin) => Promise<number>;

/**
 * Makes the one way out of the audit log.
 *
 * It removes events in batches, the oldest first. Each is one transaction, which leaves an event
 * `audit.pruned` with the count and the bound behind: none is ever removed without a word.
 */
export const createPruneAudit =
  ({ now, write }: StoreDependencies, batchSize = maxBatchSize): PruneAudit =>
  async (before, origin) => {
    if (!(before <= now())) {
      throw new BadUserInputError('before', '`before` must not be in the future.');
    }
    // Nothing happened before Unix time: neither an id nor, before the year 1, the database could tell.
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

/** One at a time: two would count what the other has removed. */
const lockPruning = (transaction: DatabaseTransaction) =>
  transaction.$executeRaw`SELECT pg_advisory_xact_lock(${pruneLock}::bigint)`;

/** The events between two ids, without the first, that happened before a moment. */
interface Batch {
  readonly before: Date;
  readonly afterId: string;
  readonly untilId: string;
}

/**
 * The id of the last event of the next batch. Ids begin with the time at which they were made, so that
 * the search ends soon after the bound, however many events there are.
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
  // What the database's trigger asks for; it holds until the transaction ends.
  await transaction.$executeRaw`SET LOCAL gatehouse.audit_prune = 'on'`;
  const { count } = await transaction.auditEvent.deleteMany({
    where: { id: { gt: afterId, lte: untilId }, at: { lt: before } },
  });
  return count;
}
