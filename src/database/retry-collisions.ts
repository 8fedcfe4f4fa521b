import { setTimeout } from 'node:timers/promises';
import { isCollision } from './errors.ts';

const MAX_RETRIES = 3;
/** The first pause, in the middle. Each next one is twice as long. */
const PAUSE_MS = 20;

export interface RetryOptions {
  /** Between 0 and 1, so that those that have collided do not come back together. */
  readonly random: () => number;
}

/**
 * Makes `transact` run an interactive transaction again, three times at most, when the database has undone
 * all of it because of another one: a serialization failure or a deadlock. Nothing else is run again: of a
 * lost connection nobody knows what was done.
 *
 * What is run again is the whole function, so it must have no effect but those of its transaction.
 */
export const retryCollisions = <Transact extends (...words: never[]) => unknown>(
  transact: Transact,
  { random }: RetryOptions,
): Transact =>
  new Proxy(transact, {
    async apply(target, database, words) {
      const isFunction = typeof words[0] === 'function';
      for (let retries = 0; ; retries += 1) {
        try {
          return await Reflect.apply(target, database, words);
        } catch (error) {
          if (!isFunction || retries === MAX_RETRIES || !isCollision(error)) throw error;
          await setTimeout(PAUSE_MS * 2 ** retries * (0.5 + random()));
        }
      }
    },
  });
