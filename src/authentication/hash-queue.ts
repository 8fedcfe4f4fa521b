import { ServiceUnavailableError } from '../errors.ts';
import { createRoundRobinQueue } from './round-robin-queue.ts';

export interface HashQueueOptions {
  /** How many hashes are made at once. */
  readonly concurrency: number;
  /** Wraps the wait for a turn. */
  readonly pauseBudget?: PauseBudget;
}

/** Runs `work` that needs no database, without using up the request's time budget. */
export type PauseBudget = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const noBudget: PauseBudget = (work) => work();

/**
 * How many may wait for each that is made at once. At bcrypt's cost 12 the last one waits for about
 * five seconds, so that a burst of logins is served and not turned away to try again.
 */
const waitingForEach = 24;

/**
 * Runs `work` when its turn to hash has come: first come, first served among those of one key, such as an
 * address, while the keys take turns.
 *
 * @throws {ServiceUnavailableError} when the line is full, and at once unless it has to make room for another
 * key later: then `work` never begins.
 */
export type HashQueue = <Result>(work: () => Promise<Result>, key?: string) => Promise<Result>;

/** How many hashes are made now, and how many wait for their turn. */
export interface HashLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Makes the line in which all hashes of a process wait. */
export function createHashQueue({
  concurrency,
  pauseBudget = noBudget,
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

  // The cause is for the log alone.
  const full = () =>
    new ServiceUnavailableError({
      cause: new Error(`${maxWaiting} hashes are already waiting.`),
    });

  const inTurn: HashQueue = async (work, key = '') => {
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
  return Object.assign(inTurn, { load: () => ({ running, waiting: queue.size() }) });
}

export interface HashingMachine {
  /** How many threads the machine runs at once. */
  readonly cores: number;
  /** How many threads libuv has for all work that blocks: `UV_THREADPOOL_SIZE`. */
  readonly threadPoolSize: number;
}

/**
 * Threads that no hash may take. Look-ups of host names, files and WebCrypto work in the same pool,
 * and would wait behind every hash.
 */
const threadsKeptFree = 2;

/** How many hashes to make at once: one for each core, as far as the thread pool has room. */
export const toHashConcurrency = ({ cores, threadPoolSize }: HashingMachine): number =>
  Math.max(1, Math.min(cores, threadPoolSize - threadsKeptFree));
