import type { DatabaseConnection, Replica } from '../connection.ts';
import { isCollision, isUnavailable } from '../errors.ts';
import { withTimeout } from '../time/no-answer-error.ts';
import { runInOrder } from '../time/run-in-order.ts';
import { createReplicaLag, readPosition } from './replica-lag.ts';

export interface ReplicaOptions {
  readonly maxLagMs: number;
  /** How long a read waits for the replica before it goes to the primary. */
  readonly patienceMs: number;
  /** Called without a reason when reads begin to use the replica, and with the reason when they stop. */
  readonly onChange: (reason: string | undefined) => void;
}

/** Adds a replica to a connection to the primary. `close` closes both. */
export function withReplica(
  primary: DatabaseConnection,
  connection: DatabaseConnection,
  { maxLagMs, patienceMs, onChange }: ReplicaOptions,
): DatabaseConnection {
  const lag = createReplicaLag({
    maxLagMs,
    onChange,
    readPrimary: () => readPosition(primary),
    readReplica: () => readPosition(connection),
    elapsedMs: () => performance.now(),
  });

  const replica: Replica = {
    connection,
    maxLagMs,
    async read(fromReplica, fromPrimary) {
      if (!lag.isFresh()) return fromPrimary();
      try {
        return await withTimeout(fromReplica(), patienceMs);
      } catch (error) {
        // The primary can answer after any failure. A read that recovery canceled does not affect later ones.
        if (isUnavailable(error) && !isCollision(error))
          lag.distrust('the replica does not respond');
        return fromPrimary();
      }
    },
  };
  return {
    ...primary,
    replica,
    close: () => runInOrder([connection.close, primary.close]),
  };
}
