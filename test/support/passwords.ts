import { createCheckCost, type StoredCost } from '../../src/authentication/check-cost.ts';
import type { HashQueue } from '../../src/authentication/hash-queue.ts';
import {
  createPasswords as create,
  type PasswordCheck,
} from '../../src/authentication/password.ts';

/** Lets everyone in at once. */
const noQueue: HashQueue = (work) => work();

interface TestOptions {
  readonly cost: number;
  readonly queue?: HashQueue;
  /** The costs of the stored hashes. */
  readonly stored?: readonly StoredCost[];
}

/** The functions that hash and verify passwords, without a database. */
export const createPasswords = ({ cost, queue = noQueue, stored = [] }: TestOptions) =>
  create({
    cost,
    queue,
    pauseBudget: (work) => work(),
    checkCost: createCheckCost({ cost, readCosts: async () => stored, now: () => new Date(0) }),
  });

/** A check of one user's password. */
export const checkOf = (password: string, hash: string | undefined): PasswordCheck => ({
  usernameKey: 'ada',
  password,
  hash,
});
