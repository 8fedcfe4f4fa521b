import type { DatabaseConnection } from './connection.ts';

/** What a server has written or replayed. */
export interface ServerPosition {
  /** Identifies the cluster: a replica has that of its primary. */
  readonly cluster: string;
  /** Goes up with each promotion. */
  readonly timeline: number;
  readonly isReplica: boolean;
  /** The write-ahead log in bytes: written by a primary, replayed by a replica. */
  readonly bytes: bigint;
}

/** Functions of PostgreSQL 15, 9.27.6 and 9.28.3, which every user may call. */
const positionStatement = {
  name: 'gatehouse_position',
  text: `SELECT pg_is_in_recovery() AS "isReplica",
      (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
      (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
      pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0'
      )::text AS bytes`,
};

/** @throws the driver's error. */
export async function readPosition({
  read,
}: Pick<DatabaseConnection, 'read'>): Promise<ServerPosition> {
  type Row = Omit<ServerPosition, 'bytes'> & { readonly bytes: string | null };
  const [row] = await read<Row>(positionStatement, []);
  if (row === undefined) throw new Error('The server returned no position.');
  return { ...row, bytes: BigInt(row.bytes ?? 0) };
}

/** Returns why a server cannot be the replica of a primary, or undefined. Pure. */
export function unfitReplica(primary: ServerPosition, replica: ServerPosition): string | undefined {
  if (!replica.isReplica) return 'the server is not a replica';
  if (replica.cluster !== primary.cluster) return 'the server is a replica of another cluster';
  // After a failover: until the replica follows the new primary, and has made a restart point.
  if (replica.timeline !== primary.timeline) return 'the replica follows another timeline';
  return undefined;
}

export interface ReplicaLagOptions {
  readonly readPrimary: () => Promise<ServerPosition>;
  readonly readReplica: () => Promise<ServerPosition>;
  /** How old what a replica shows may be. */
  readonly maxLagMs: number;
  /** A clock that is never set back. */
  readonly elapsedMs: () => number;
  /** Called when the replica begins to be fresh, and with the reason when it ends to be. */
  readonly onChange: (reason: string | undefined) => void;
}

export type ReplicaLag = ReturnType<typeof createReplicaLag>;

/** How often the positions are compared in the time of `maxLagMs`. */
const checksPerLag = 5;

/**
 * Measures how old the data of a replica is, with the clock of this process alone.
 *
 * It reads the primary's position at some time. When the replica has replayed that position, it has everything that was
 * committed before that time. `pg_last_xact_replay_timestamp` does not tell that: it is old on an idle replica, and on
 * one that was cut off.
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
    /** Whether what the replica shows is at most `maxLagMs` old. Starts a check from time to time, and never waits. */
    isFresh(): boolean {
      if (elapsedMs() - checkedAtMs >= maxLagMs / checksPerLag) void checkOnce();
      return elapsedMs() - freshAtMs <= maxLagMs;
    },
    /** Uses the replica no more until a later check succeeds. */
    distrust,
  };
}
