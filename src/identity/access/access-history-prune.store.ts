import type { Origin } from '../../changes/origin.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { NotOwnerError } from '../audit/log-partitions.store.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/** The maximum number of changes that one transaction removes, to keep transactions short. */
const defaultBatchSize = 10_000;

/** An arbitrary key, which must not be used for another advisory lock in this database. */
const pruneLock = 4_283_005;

/**
 * Removes what is not needed to answer for times from `before` on, and returns the number of removed changes. A group that is
 * still held stays, however long ago it was granted.
 *
 * @throws {NotOwnerError} for a role that does not own the tables.
 */
export type PruneAccessHistory = (before: Date, origin: Origin) => Promise<number>;

/** Creates the only function that removes changes from the history of access. */
export function createPruneAccessHistory(
  { database, write }: StoreDependencies,
  batchSize = defaultBatchSize,
): PruneAccessHistory {
  const pruneBatch = (batch: Batch, origin: Origin) =>
    write({ origin, lock: lockPruning }, async (transaction, { record }) => {
      // The triggers of the tables require this setting of the owner. It lasts until the transaction ends.
      await transaction.$executeRaw`SET LOCAL gatehouse.audit_prune = 'on'`;
      const { before } = batch;
      const schemas = await removeSchemas(transaction, before);
      const removed = await removeChanges(transaction, batch);
      if (schemas + removed.count === 0) return removed;
      await moveStart(transaction, before);
      const detail = `${removed.count} changes before ${before.toISOString()}`;
      await record({ action: 'access_history.pruned', subjectId: null, detail });
      return removed;
    });
  return async (before, origin) => {
    if (!(await ownsHistory(database))) throw new NotOwnerError('the history');
    let pruned = 0;
    for (let afterId: bigint | null = 0n; afterId !== null; ) {
      const { count, lastId } = await pruneBatch({ before, afterId, batchSize }, origin);
      pruned += count;
      afterId = count === batchSize ? lastId : null;
    }
    return pruned;
  };
}

/** Where a batch of changes begins. */
interface Batch {
  readonly before: Date;
  readonly afterId: bigint;
  readonly batchSize: number;
}

/** The removed changes. `lastId`: the last of them. */
interface Removed {
  readonly count: number;
  readonly lastId: bigint | null;
}

const lockPruning = (transaction: DatabaseTransaction) =>
  transaction.$executeRaw`SELECT pg_advisory_xact_lock(${pruneLock}::bigint)`;

/** Whether this role may remove the history: only the owner of the table may. */
async function ownsHistory(database: DatabaseTransaction): Promise<boolean> {
  const [row] = await database.$queryRaw<{ readonly owns: boolean }[]>`
    SELECT pg_has_role(relowner, 'USAGE') AS owns FROM pg_catalog.pg_class
    WHERE oid = 'gatehouse.access_changes'::regclass`;
  return row?.owns === true;
}

const moveStart = (transaction: DatabaseTransaction, before: Date) =>
  transaction.$executeRaw`
    INSERT INTO gatehouse.access_history_start AS start (known_from) VALUES (${before}::timestamptz)
    ON CONFLICT (id) DO UPDATE SET known_from = GREATEST(start.known_from, excluded.known_from)`;

/** Removes the runs that ended before, and schemas without a run. A node that still serves one stores it again. */
async function removeSchemas(transaction: DatabaseTransaction, before: Date): Promise<number> {
  const runs = await transaction.accessSchemaRun.deleteMany({
    where: { lastSeenAt: { lt: before } },
  });
  await transaction.accessSchema.deleteMany({ where: { runs: { none: {} } } });
  return runs.count;
}

/**
 * Removes the oldest changes that no longer have an effect: those that a later one replaced before, and ends. They are in
 * order, so that an end never goes before the grant that it ended. Ids are in the order of time, but for milliseconds: the
 * last one before the time ends the search.
 */
async function removeChanges(
  transaction: DatabaseTransaction,
  { before, afterId, batchSize }: Batch,
): Promise<Removed> {
  const [removed] = await transaction.$queryRaw<Removed[]>`
    WITH batch AS MATERIALIZED (
      SELECT id FROM gatehouse.access_changes AS old
      WHERE at < ${before}::timestamptz AND id > ${afterId}::bigint AND id <= (
          SELECT id FROM gatehouse.access_changes WHERE at < ${before}::timestamptz
          ORDER BY at DESC, id DESC LIMIT 1)
        AND (kind IN ('ENDED', 'DELETED') OR expires_at < ${before}::timestamptz OR EXISTS (
          SELECT FROM gatehouse.access_changes AS later
          WHERE later.subject_id = old.subject_id AND later."group" = old."group"
            AND later.subject_kind = old.subject_kind AND later.id > old.id
            AND later.at < ${before}::timestamptz))
      ORDER BY id LIMIT ${batchSize}::int
    ), gone AS (
      DELETE FROM gatehouse.access_changes WHERE id IN (SELECT id FROM batch)
    )
    SELECT count(*)::int AS count, max(id) AS "lastId" FROM batch`;
  return removed ?? { count: 0, lastId: null };
}
