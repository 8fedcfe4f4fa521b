import { setTimeout } from 'node:timers/promises';
import { isCollision } from '../errors.ts';

const MAX_RETRIES = 5;
/** The mean of the first delay. Each delay is twice as long as the one before. */
const FIRST_DELAY_MS = 20;

export interface RetryOptions {
  /** Returns a number between 0 and 1, so that collided transactions are not repeated at the same time. */
  readonly random: () => number;
}

/**
 * Wraps `transact`: retries an interactive transaction up to five times when the database rolled it back because of
 * another one (serialization failure or deadlock). Other errors are not retried: after a lost connection it is unknown
 * whether the transaction was committed.
 *
 * The whole function runs again, so it must have no effects outside its transaction.
 */
export const retryCollisions = <Transact extends (...args: never[]) => unknown>(
  transact: Transact,
  { random }: RetryOptions,
): Transact =>
  new Proxy(transact, {
    async apply(target, database, args) {
      const isFunction = typeof args[0] === 'function';
      for (let retries = 0; ; retries += 1) {
        try {
          return await Reflect.apply(target, database, args);
        } catch (error) {
          if (!isFunction || retries === MAX_RETRIES || !isCollision(error)) throw error;
          await setTimeout(FIRST_DELAY_MS * 2 ** retries * (0.5 + random()));
        }
      }
    },
  });
