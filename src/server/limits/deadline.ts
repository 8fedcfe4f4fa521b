import { DeadlineError } from '../../errors.ts';

/** Grace period in which an operation that waits for the database can fail and be reported by its own error. */
const graceMs = 500;

/** Runs work, and waits for it only so long. */
export type InTime = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Makes the function that gives up operations at their deadline.
 *
 * `withinBudget` ends their waits for the database at that moment, and what they had begun to write is
 * undone: they fail by themselves then, as they do when the database is away. What does not, because it
 * waits for something else, is answered a little later in its stead.
 *
 * It rejects with {@link DeadlineError} then: 503, because it is the server that has no time for it now. Not
 * 504, which speaks of a server behind this one, and not 408, which clients send again by themselves.
 */
export const createInTime =
  (withinBudget: InTime, timeoutMs: number): InTime =>
  async (work) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DeadlineError()), timeoutMs + graceMs).unref();
    });
    try {
      return await Promise.race([withinBudget(work), late]);
    } finally {
      clearTimeout(timer);
    }
  };
