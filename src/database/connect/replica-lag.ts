import type { DatabaseConnection } from '../connection.ts';

/** The position of a server in the write-ahead log. */
export interface ServerPosition {
  /** The identifier of the cluster: a replica has that of its primary. */
  readonly cluster: string;
  /** Increases with each promotion. */
  readonly timeline: number;
  readonly isReplica: boolean;
  /** Bytes of the write-ahead log: written by a primary, replayed by a replica. */
  readonly bytes: bigint;
}

/** These functions need no rights (PostgreSQL 15, 9.27.6 and 9.28.3). */
const positionStatement = {
  name: 'gatehouse_position',
  text: `SELECT pg_is_in_recovery() AS "isReplica",
      (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
      (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
      pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0'
      )::text AS bytes`,
};

/** Reads the position of a server. @throws the driver's error. */
export async function readPosition({
  read,
}: Pick<DatabaseConnection, 'read'>): Promise<ServerPosition> {
  type Row = Omit<ServerPosition, 'bytes'> & { readonly bytes: string | null };
  const [row] = await read<Row>(positionStatement, []);
  if (row === undefined) throw new Error('The server returned no position.');
  return { ...row, bytes: BigInt(row.bytes ?? 0) };
}

/** Returns the reason why a server cannot be the replica of a primary, or undefined. Pure. */
export function unfitReplica(primary: ServerPosition, replica: ServerPosition): string | undefined {
  if (!replica.isReplica) return 'the server is not a replica';
  if (replica.cluster !== primary.cluster) return 'the server is a replica of another cluster';
  // After a failover, until the replica follows the new primary and has made a restart point.
  if (replica.timeline !== primary.timeline) return 'the replica follows another timeline';
  return undefined;
}

export interface ReplicaLagOptions {
  readonly readPrimary: () => Promise<ServerPosition>;
  readonly readReplica: () => Promise<ServerPosition>;
  readonly maxLagMs: number;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
  /** Called without a reason when the replica becomes fresh, and with the reason when it becomes outdated. */
  readonly onChange: (reason: string | undefined) => void;
}

/** The number of checks within `maxLagMs`. */
const checksPerLag = 5;

/**
 * Measures the age of the data of a replica, with the clock of this process alone.
 *
 * It reads the position of the primary at a point in time. When the replica has replayed that position, it has all that
 * was committed before. `pg_last_xact_replay_timestamp` cannot be used: it is old on an idle replica as well as on one
 * that has lost its primary.
 */
export function createReplicaLag(options: ReplicaLagOptions) {
  const { readPrimary, readReplica, maxLagMs, elapsedMs, onChange } = options;
  let marks: readonly { readonly atMs: number; readonly bytes: bigint }[] = [];
  let freshAtMs = Number.NEGATIVE_INFINITY;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let isChecking = false;
  let wasFresh: boolean | undefined;

  function settle(reason: string): void {
    const isFresh = elapsedMs() - freshAtMs <= maxLagMs;
    if (isFresh !== wasFresh) onChange(isFresh ? undefined : reason);
    wasFresh = isFresh;
  }

  function distrust(reason: string): void {
    freshAtMs = Number.NEGATIVE_INFINITY;
    settle(reason);
  }

  async function check(): Promise<void> {
    const atMs = elapsedMs();
    checkedAtMs = atMs;
    const [primary, replica] = await Promise.all([readPrimary(), readReplica()]);
    const problem = unfitReplica(primary, replica);
    if (problem !== undefined) return distrust(problem);
    marks = [...marks, { atMs, bytes: primary.bytes }].filter(
      (mark) => atMs - mark.atMs <= maxLagMs,
    );
    const passed = marks.filter(({ bytes }) => bytes <= replica.bytes).map((mark) => mark.atMs);
    freshAtMs = Math.max(freshAtMs, ...passed);
    settle(`the replica is more than ${maxLagMs} ms behind`);
  }

  async function checkOnce(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    try {
      await check();
    } catch (error) {
      distrust(error instanceof Error ? error.message : 'it cannot be examined');
    } finally {
      isChecking = false;
    }
  }

  return {
    /** Whether the data of the replica is at most `maxLagMs` old. Starts a check from time to time, without waiting. */
    isFresh(): boolean {
      if (elapsedMs() - checkedAtMs >= maxLagMs / checksPerLag) void checkOnce();
      return elapsedMs() - freshAtMs <= maxLagMs;
    },
    /** Treats the replica as outdated until a later check succeeds. */
    distrust,
  };
}
