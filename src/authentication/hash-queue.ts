import { AsyncResource } from 'node:async_hooks';
import PQueue from 'p-queue';
import { ServiceUnavailableError } from '../errors.ts';

export interface HashQueueOptions {
  /** How many hashes are made at once. */
  readonly concurrency: number;
  /** Told of the wait for a turn. */
  readonly away?: Away;
}

/** Runs what has nothing to do with a database, for whoever counts the time that is waited for one. */
export type Away = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const notCounted: Away = (work) => work();

/**
 * How many may wait for each that is made at once. At bcrypt's cost 12 the last one waits for about
 * five seconds, so that a burst of logins is served and not turned away to try again.
 */
const waitingForEach = 24;

/**
 * Runs `work` when its turn to hash has come, first come, first served.
 *
 * @throws {ServiceUnavailableError} at once when the line is full: then `work` never begins.
 */
export type HashQueue = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** How many hashes are made now, and how many wait for their turn. */
export interface HashLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Makes the line in which all hashes of a process wait. */
export function createHashQueue({
  concurrency,
  away = notCounted,
}: HashQueueOptions): HashQueue & { readonly load: () => HashLoad } {
  const queue = new PQueue({ concurrency });
  const maxWaiting = concurrency * waitingForEach;

  const inTurn: HashQueue = async (work) => {
    if (queue.size >= maxWaiting) {
      // The cause is for the log alone.
      const cause = new Error(`${maxWaiting} hashes wait for their turn already.`);
      throw new ServiceUnavailableError({ cause });
    }
    let begin = () => {};
    const turn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    // Bound to whoever asks: the queue runs it where another's work has ended.
    const run = AsyncResource.bind(async () => {
      begin();
      return work();
    });
    const [result] = await Promise.all([queue.add(run), away(() => turn)]);
    return result;
  };
  return Object.assign(inTurn, {
    load: () => ({ running: queue.pending, waiting: queue.size }),
  });
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
