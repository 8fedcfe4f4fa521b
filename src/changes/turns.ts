import { createCounter } from '../authentication/counter.ts';
import { createRoundRobinQueue } from '../authentication/round-robin-queue.ts';
import { OverloadedError } from '../errors.ts';

/** The rows that work names, by their keys, and whose work it is. */
interface Turn {
  readonly viewer: string;
  readonly rows: readonly string[];
}

/**
 * Runs work while no other work has one of its rows.
 *
 * @throws {OverloadedError} when the viewer has too much work that waits for a row. @throws what the work throws.
 */
export type InTurn = <Result>(turn: Turn, work: () => Promise<Result>) => Promise<Result>;

interface TurnsOptions {
  /** The maximum number of works of one viewer that wait for one row. */
  readonly maxWaitingPerViewer: number;
}

/**
 * Creates turns of one process. The viewers take turns at each row, so that one with much work delays the others by one
 * work at a time. Rows are taken in the order of their keys, so that no work waits for another for ever.
 */
export function createTurns({ maxWaitingPerViewer }: TurnsOptions): InTurn {
  const taken = new Map<string, ReturnType<typeof createRow>>();

  async function take(key: string, viewer: string): Promise<void> {
    const row = taken.get(key);
    if (row === undefined) taken.set(key, createRow(maxWaitingPerViewer));
    else await row.wait(viewer);
  }

  function release(key: string): void {
    if (taken.get(key)?.beginNext() === false) taken.delete(key);
  }

  return async ({ viewer, rows }, work) => {
    const held: string[] = [];
    try {
      for (const key of [...new Set(rows)].sort()) {
        await take(key, viewer);
        held.push(key);
      }
      return await work();
    } finally {
      for (const key of held) release(key);
    }
  };
}

/** Creates the queue of a row that some work has. */
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
