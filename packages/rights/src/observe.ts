import type { OperationObserver } from 'graphql-gatehouse';
import type { Parts } from './parts.ts';

/** Counts the operations that run, and writes the last counts when it is closed. */
export const observe = ({ counter, writer, log }: Parts): OperationObserver => ({
  ...(counter && { onRan: counter.count }),
  close: () =>
    writer
      .writeLast()
      .catch((error: unknown) =>
        log.warn({ err: error }, 'writing the counts of the use of groups failed'),
      ),
});
