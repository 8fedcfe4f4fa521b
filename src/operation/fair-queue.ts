import { createCounter } from '../authentication/counter.ts';
import { createRoundRobinQueue } from '../authentication/round-robin-queue.ts';
import { OverloadedError } from '../errors.ts';

export interface FairQueueOptions {
  /** The maximum number of entries that start in one turn of the event loop. */
  readonly startsPerTurn: number;
  /** The maximum number of running entries. One that has run for `slowAfterMs` no longer counts. */
  readonly maxRunning: number;
  /** The maximum number of running entries of one key, however long they run. */
  readonly maxRunningPerKey: number;
  /** The maximum number of waiting entries (default: no limit). Beyond it, the key with most of them loses its last one. */
  readonly maxWaiting?: number;
}

/**
 * Runs `work` when it is the turn of `key`, such as a user.
 *
 * @throws {OverloadedError} when too many entries wait. `work` then does not run.
 */
export type FairQueue = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** An entry that takes longer waits for something else than the processor. It must not delay other keys. */
const slowAfterMs = 250;

/**
 * Creates the queue of work that shares the event loop: the keys take turns, and other work of the event loop runs between
 * a few starts, so that many entries of one key delay nothing else.
 */
export function createFairQueue(options: FairQueueOptions): FairQueue {
  const { startsPerTurn, maxRunning, maxRunningPerKey, maxWaiting = Infinity } = options;
  const queue = createRoundRobinQueue();
  const byKey = createCounter();
  let running = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || queue.size() === 0 || running >= maxRunning) return;
    isScheduled = true;
    setImmediate(startSome);
  }

  function startSome(): void {
    isScheduled = false;
    for (let started = 0; started < startsPerTurn && running < maxRunning; started += 1) {
      const entry = queue.next((key) => byKey.of(key) < maxRunningPerKey);
      if (entry === undefined) return; // each key waits for an entry of its own
      entry.begin();
    }
    schedule();
  }

  /** Counts a running entry. The returned function ends it. */
  function count(key: string): () => void {
    const releaseKey = byKey.add(key);
    running += 1;
    let isCounted = true;
    const release = () => {
      if (isCounted) running -= 1;
      isCounted = false;
      schedule();
    };
    const timer = setTimeout(release, slowAfterMs).unref();
    return () => {
      clearTimeout(timer);
      releaseKey();
      release();
    };
  }

  return async (key, work) => {
    if (queue.size() >= maxWaiting && !queue.makeRoomFor(key)) throw new OverloadedError();
    const turn = new Promise<() => void>((begin, reject) => {
      const release = () => reject(new OverloadedError());
      queue.add(key, { begin: () => begin(count(key)), release });
    });
    schedule();
    const end = await turn;
    try {
      return await work();
    } finally {
      end();
    }
  };
}
