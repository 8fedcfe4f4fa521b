import { type CheckCostOptions, createCheckCost } from './check-cost.ts';
import {
  createHashQueue,
  type HashingMachine,
  type PauseBudget,
  toHashConcurrency,
} from './hash-queue.ts';
import { createPasswords } from './password.ts';

export interface PasswordHashingOptions extends CheckCostOptions, HashingMachine {
  /** Runs what needs no database. */
  readonly pauseBudget: PauseBudget;
}

/** Creates the hashing of passwords: at most as many at the same time as the machine's cores can do. */
export async function createPasswordHashing({ pauseBudget, ...options }: PasswordHashingOptions) {
  const queue = createHashQueue({ concurrency: toHashConcurrency(options), pauseBudget });
  const checkCost = createCheckCost(options);
  const { cost } = options;
  return {
    passwords: await createPasswords({ cost, checkCost, queue, pauseBudget }),
    load: queue.load,
  };
}
