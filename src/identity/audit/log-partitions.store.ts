import { setTimeout } from 'node:timers/promises';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { LogTable } from '../../values/log-table.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

type Table = Pick<LogTable, 'table'>;

/**
 * Makes the missing partitions of a log for the current month and the next three, and returns their number. The time is that of
 * this process, like that of the ids of its rows.
 */
export const createMakePartitions =
  ({ database, now }: Pick<StoreDependencies, 'database' | 'now'>, { table }: Table) =>
  async (): Promise<number> => {
    const [row] = await database.$queryRaw<{ readonly made: number }[]>`
      SELECT gatehouse.make_audit_partitions(${now()}::timestamptz, ${table}::text::regclass) AS made`;
    return row?.made ?? 0;
  };

/** The month of a partition in the form `YYYYMM`, UTC. */
export type PartitionMonth = string;

export const monthOf = (at: Date): PartitionMonth => at.toISOString().slice(0, 7).replace('-', '');

/** The role of nodes that cannot change tables is used. */
export class NotOwnerError extends Error {
  override readonly name = 'NotOwnerError';

  /** @param removed what the owner alone may remove. */
  constructor(removed: string) {
    super(
      `Only the owner of the tables may remove ${removed}: set DATABASE_URL to the role that migrates.`,
    );
  }
}

/** Whether this role may remove rows: only the owner of the table may. */
export async function ownsTable(database: DatabaseTransaction, { table }: Table): Promise<boolean> {
  const [row] = await database.$queryRaw<{ readonly owns: boolean }[]>`
    SELECT pg_has_role(relowner, 'USAGE') AS owns FROM pg_catalog.pg_class
    WHERE oid = ${table}::text::regclass`;
  return row?.owns === true;
}

/** Returns the first month after `after` and before `before` that has a partition, if there is one. */
export async function findDroppable(
  transaction: DatabaseTransaction,
  { table, after, before }: Table & Readonly<Record<'after' | 'before', PartitionMonth>>,
): Promise<PartitionMonth | undefined> {
  const [row] = await transaction.$queryRaw<{ readonly month: PartitionMonth }[]>`
    SELECT right(relname, 6) AS month
    FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = ${table}::text::regclass
      AND relname ~ '_[0-9]{6}$'
      AND right(relname, 6) COLLATE "C" > ${after} AND right(relname, 6) COLLATE "C" < ${before}
    ORDER BY 1 LIMIT 1`;
  return row?.month;
}

export interface Partition extends Table {
  readonly month: PartitionMonth;
}

export interface PartitionContent {
  readonly count: number;
  /** Whether all of them are of before a time. */
  readonly isOver: boolean;
}

/** Counts the rows of a month. No row is added to it any more until the transaction ends. */
export async function lockAndCount(
  transaction: DatabaseTransaction,
  { table, month }: Partition,
  before: Date,
): Promise<PartitionContent> {
  const name = `${table}_${month}`;
  await transaction.$executeRawUnsafe(`LOCK TABLE ${name} IN SHARE MODE`);
  const [row] = await transaction.$queryRawUnsafe<PartitionContent[]>(
    `SELECT count(*)::int AS count, coalesce(max(at) < $1::timestamptz, true) AS "isOver" FROM ${name}`,
    before,
  );
  return row ?? { count: 0, isOver: false };
}

/** The time between two attempts to lock the table, in which the rows that waited are added. */
const pauseMs = 500;

/**
 * Drops the partition of a month with its rows. Rows that are added wait for it, at most for the lock timeout of the
 * function (100 ms) at a time.
 *
 * @returns false when the table was in use, such as by a backup or an export, for `patienceMs`.
 */
export async function dropPartition(
  transaction: DatabaseTransaction,
  { table, month }: Partition,
  patienceMs: number,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    const [row] = await transaction.$queryRaw<{ readonly dropped: boolean }[]>`
      SELECT gatehouse.drop_audit_partition(${month}, ${table}::text::regclass) AS dropped`;
    if (row?.dropped === true || waitedMs >= patienceMs) return row?.dropped === true;
    await setTimeout(pauseMs);
  }
}
