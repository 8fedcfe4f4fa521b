import { createCounter } from '../authentication/counter.ts';
import { createRoundRobinQueue } from '../authentication/round-robin-queue.ts';
import { OverloadedError } from '../errors.ts';

/**
 * Runs the work of a viewer while no other work of this process has one of the rows, by their keys.
 *
 * @throws {OverloadedError} when the viewer has too much work that waits for a row. @throws what the work throws.
 */
export type WithRowLocks = <Result>(
  wanted: { readonly viewer: string; readonly rows: readonly string[] },
  work: () => Promise<Result>,
) => Promise<Result>;

/**
 * Creates the locks of one process. The viewers take turns at each row, so that one with much work delays the others by one
 * work at a time. Rows are locked in the order of their keys, so that no work waits for another for ever.
 *
 * @param maxWaitingPerViewer how many works of one viewer may wait for one row.
 */
export function createRowLocks(maxWaitingPerViewer: number): WithRowLocks {
  const locked = new Map<string, ReturnType<typeof createRow>>();

  async function lock(key: string, viewer: string): Promise<void> {
    const row = locked.get(key);
    if (row === undefined) locked.set(key, createRow(maxWaitingPerViewer));
    else await row.wait(viewer);
  }

  function release(key: string): void {
    if (locked.get(key)?.beginNext() === false) locked.delete(key);
  }

  return async ({ viewer, rows }, work) => {
    const held: string[] = [];
    try {
      for (const key of [...new Set(rows)].sort()) {
        await lock(key, viewer);
        held.push(key);
      }
      return await work();
    } finally {
      for (const key of held) release(key);
    }
  };
}

/** Creates the queue of a row that some work has locked. */
function createRow(maxWaitingPerViewer: number) {
  const queue = createRoundRobinQueue();
  const waiting = createCounter();
  return {
    /** @throws {OverloadedError} by rejecting. */
    async wait(viewer: string): Promise<void> {
      if (waiting.of(viewer) >= maxWaitingPerViewer) throw new OverloadedError();
      const stopCounting = waiting.add(viewer);
      await new Promise<void>((begin) => queue.add(viewer, { begin, release: begin }));
      stopCounting();
    },
    /** Gives the row to the next work. Returns false when none waits. */
    beginNext(): boolean {
      const next = queue.next();
      next?.begin();
      return next !== undefined;
    },
  };
}
