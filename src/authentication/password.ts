import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import { type Away, type HashQueue, notCounted } from './hash-queue.ts';
import { findHashingObstacle, normalizePassword } from './password-policy.ts';

const minCost = 4;
const maxCost = 31;

export interface PasswordOptions {
  /** Work factor of bcrypt for new hashes: 2^cost rounds. A stored hash carries its own. */
  readonly cost: number;
  /** Where every hash waits for its turn. */
  readonly queue: HashQueue;
  /** Told of each hash. */
  readonly away?: Away;
}

/** Whether `password` is the one behind `hash`; `undefined` stands for an unknown user. */
export type VerifyPassword = (password: string, hash: string | undefined) => Promise<boolean>;

/** All but `isOutdated` wait for their turn. @throws {ServiceUnavailableError} when too many do. */
export interface Passwords {
  /** Hashes a password that the policy has accepted. @throws {RangeError} if bcrypt cannot. */
  hash(password: string): Promise<string>;
  readonly verify: VerifyPassword;
  /**
   * Runs `work` when its turn to hash has come: what is to be done just before the hash, and only if
   * there is going to be one. Those of different keys take turns. It verifies with what it is given, once.
   */
  inTurn<Result>(key: string, work: (verify: VerifyPassword) => Promise<Result>): Promise<Result>;
  /** Whether a hash was made at another cost than new ones are. */
  isOutdated(hash: string): boolean;
}

/**
 * Hashes and verifies passwords with bcrypt, in the thread pool.
 *
 * `verify` does the work of one bcrypt hash whatever it is given, so that its time does not tell
 * whether a user exists (OWASP, Authentication Cheat Sheet). That holds while stored hashes
 * have the cost configured here: each is verified at the cost that it was made with, and a login
 * makes an outdated one anew.
 *
 * @throws {RangeError} if `cost` is not a whole number from 4 to 31: bcrypt would quietly change it.
 */
export async function createPasswords({
  cost,
  queue,
  away = notCounted,
}: PasswordOptions): Promise<Passwords> {
  if (!Number.isInteger(cost) || cost < minCost || cost > maxCost) {
    throw new RangeError(`The bcrypt cost must be a whole number from ${minCost} to ${maxCost}.`);
  }
  const hashOfNobody = await bcrypt.hash(randomUUID(), cost);

  const verifyNow: VerifyPassword = async (password, hash) => {
    const normal = normalizePassword(password);
    const isHashable = findHashingObstacle(normal) === undefined;
    // Asked first and always: any shortcut before it would show in the time.
    const isMatch = await away(() =>
      bcrypt.compare(isHashable ? normal : '', hash ?? hashOfNobody),
    );
    return isMatch && isHashable && hash !== undefined;
  };

  return {
    async hash(password) {
      const normal = normalizePassword(password);
      const obstacle = findHashingObstacle(normal);
      if (obstacle !== undefined) throw new RangeError(obstacle);
      return queue(() => away(() => bcrypt.hash(normal, cost)));
    },
    verify: (password, hash) => queue(() => verifyNow(password, hash)),
    inTurn: (key, work) => queue(() => work(verifyNow), key),
    isOutdated: (hash) => bcrypt.getRounds(hash) !== cost,
  };
}
