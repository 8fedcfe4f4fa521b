import type { EventReceiver } from 'graphql-gatehouse';
import type { BatchMessage } from './message.ts';

/** The last batch that this process has seen. */
export interface BatchPosition {
  /**
   * Handles the next message of the stream: delivers it, skips it as a duplicate, or reports a loss before it. Returns
   * false for a message that contradicts the database, which is ignored.
   */
  take(message: BatchMessage): Promise<boolean>;
  /** Compares the position with the newest batch of the table. Reports a loss if the position is beyond it. */
  compare(newest: number): void;
}

export interface BatchPositionOptions extends Pick<EventReceiver, 'deliver'> {
  /** The number of the newest batch at the start. The process has seen it. */
  readonly start: number;
  readonly onLost: () => void;
  /** Reads the number of the newest batch of the table. Waits while the database is unavailable. */
  readonly readNewest: () => Promise<number>;
}

/**
 * Creates the position of a process.
 *
 * It uses the numbers of batches instead of those of the stream: a stream that was emptied, lost or recreated may have
 * messages twice. A message after a gap is compared with the table, because it may come from a database that was
 * replaced by an older copy.
 */
export function createBatchPosition(options: BatchPositionOptions): BatchPosition {
  const { start, deliver, onLost, readNewest } = options;
  let last = start;

  return {
    async take({ number, previous, topic, payloads }) {
      const isSeen = () => number <= last;
      if (isSeen()) return true;
      if (previous === null || previous > last) {
        if (number > (await readNewest())) return false;
        if (isSeen()) return true;
        onLost();
      }
      last = number;
      if (payloads !== '') deliver(topic, payloads.split(','), number);
      return true;
    },
    compare(newest) {
      if (newest >= last) return;
      last = newest;
      onLost();
    },
  };
}
