import { ServiceUnavailableError } from '../errors.ts';
import { createRoundRobinQueue } from './round-robin-queue.ts';

export interface HashQueueOptions {
  readonly concurrency: number;
  /** Wraps the wait in the queue. */
  readonly pauseBudget: PauseBudget;
}

/** Runs `work` that needs no database. It moves the request's deadline for the database by its duration. */
export type PauseBudget = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * The maximum queue length for each concurrent hash. At bcrypt's cost 12 the last entry waits for about five seconds,
 * so a burst of logins is served, not refused.
 */
const waitingForEach = 24;

/**
 * Runs `work` when it is its turn. Entries with the same key, such as an address, wait for each other, and the keys
 * take turns.
 *
 * @throws {ServiceUnavailableError} when the queue is full: immediately, or later when the entry has to make room for
 *   another key. `work` then does not run.
 */
export type HashQueue = <Result>(work: () => Promise<Result>, key?: string) => Promise<Result>;

export type HashLoad = Readonly<Record<'running' | 'waiting', number>>;

/** Creates the queue for all hashes of a process. */
export function createHashQueue({
  concurrency,
  pauseBudget,
}: HashQueueOptions): HashQueue & { readonly load: () => HashLoad } {
  const queue = createRoundRobinQueue();
  const maxWaiting = concurrency * waitingForEach;
  let running = 0;

  function beginNext(): void {
    if (running >= concurrency) return;
    const entry = queue.next();
    if (entry === undefined) return;
    running += 1;
    entry.begin();
  }

  // The cause is only for the log.
  const full = () =>
    new ServiceUnavailableError({
      cause: new Error(`${maxWaiting} hashes are already waiting.`),
    });

  const runQueued: HashQueue = async (work, key = '') => {
    if (queue.size() >= maxWaiting && !queue.makeRoomFor(key)) throw full();
    const turn = new Promise<void>((begin, reject) => {
      queue.add(key, { begin, release: () => reject(full()) });
    });
    beginNext();
    await pauseBudget(() => turn);
    try {
      return await work();
    } finally {
      running -= 1;
      beginNext();
    }
  };
  return Object.assign(runQueued, { load: () => ({ running, waiting: queue.size() }) });
}

export interface HashingMachine {
  /** The number of threads that the machine runs at the same time. */
  readonly cores: number;
  /** The number of libuv's threads for blocking work: `UV_THREADPOOL_SIZE`. */
  readonly threadPoolSize: number;
}

/**
 * Threads that are never used for hashes. Host name lookups, files and WebCrypto use the same pool, and would wait
 * behind hashes.
 */
const threadsKeptFree = 2;

/** Returns the number of concurrent hashes: one for each core, limited by the thread pool. */
export const toHashConcurrency = ({ cores, threadPoolSize }: HashingMachine): number =>
  Math.max(1, Math.min(cores, threadPoolSize - threadsKeptFree));
