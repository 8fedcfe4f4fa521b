/** The maximum number of objects in lists that executions complete in one turn of the event loop. */
const itemsPerTurn = 1_000;

/** The timers of the runtime. Captured at once: tests replace the global ones. */
interface Timers {
  setImmediate?(run: () => void): unknown;
  setTimeout?(run: () => void, ms: number): unknown;
}
const timers: Timers = { ...Object(globalThis) };

function inNextTurn(run: () => void): void {
  // Runtimes other than Node.js have no setImmediate.
  if (timers.setImmediate === undefined) timers.setTimeout?.(run, 0);
  else timers.setImmediate(run);
}

/** A list that waits until its next items may be completed. */
interface WaitingList {
  readonly items: number;
  readonly grant: (items: number) => void;
}

/**
 * The items of lists that one execution may complete now. It begins with those of one turn, so that small executions never
 * wait.
 */
export class ItemQuota {
  #left = itemsPerTurn;
  readonly #waiting: WaitingList[] = [];
  readonly #queue: ExecutionQueue;

  constructor(queue: ExecutionQueue) {
    this.#queue = queue;
  }

  /** Returns how many of the next items of a list may be completed at once. */
  take(items: number): number {
    const taken = Math.min(items, this.#left);
    this.#left -= taken;
    return taken;
  }

  /** Waits for a turn. Resolves with how many of the next items of a list may be completed: at least one. */
  wait(items: number): Promise<number> {
    return new Promise((grant) => {
      this.#waiting.push({ items, grant });
      if (this.#waiting.length === 1) this.#queue.add(this);
    });
  }

  /** Begins a turn. Returns whether lists are still waiting. */
  begin(): boolean {
    this.#left = itemsPerTurn;
    while (this.#left > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return false;
      next.grant(this.take(next.items));
    }
    return this.#waiting.length > 0;
  }
}

/** The executions that wait for a turn of the event loop. One of them gets each turn, in rotation. */
export class ExecutionQueue {
  readonly #executions: ItemQuota[] = [];
  #isScheduled = false;

  add(execution: ItemQuota): void {
    this.#executions.push(execution);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#executions.length === 0) return;
    this.#isScheduled = true;
    inNextTurn(() => {
      this.#isScheduled = false;
      const execution = this.#executions.shift();
      if (execution?.begin()) this.#executions.push(execution);
      this.#schedule();
    });
  }
}
