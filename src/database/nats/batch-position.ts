import type { EventReceiver } from '../event-carrier.ts';
import type { BatchMessage } from './message.ts';

/** Which batches this process has seen. Pure but for its position. */
export interface BatchPosition {
  /** The number of the newest batch at the start, or of the last message. */
  readonly number: () => number;
  /** Takes the next message of the stream: delivers it, skips one that was seen, or reports a loss. */
  take(message: BatchMessage): void;
}

/**
 * Creates the position of a process that starts after the batch `start`.
 *
 * It relies on the numbers of batches, and not on those of the stream: a stream may be emptied, lost or made again, and
 * may then have messages twice.
 */
export function createBatchPosition(
  start: number,
  { deliver, onLost }: Pick<EventReceiver, 'deliver' | 'onLost'>,
): BatchPosition {
  let last = start;
  return {
    number: () => last,
    take({ number, previous, topic, payloads }) {
      if (previous !== null && number <= last) return;
      if (previous === null || previous > last) onLost();
      last = number;
      if (payloads !== '') deliver(topic, payloads.split(','), number);
    },
  };
}
