import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { CheckCost } from './check-cost.ts';
import { type HashQueue, noBudget, type PauseBudget } from './hash-queue.ts';
import { findHashingObstacle, normalizePassword } from './password-policy.ts';

const minCost = 4;
const maxCost = 31;

export interface PasswordOptions {
  /** Work factor of bcrypt for new hashes: 2^cost rounds. A stored hash carries its own. */
  readonly cost: number;
  /** What every check is filled up to. */
  readonly checkCost: CheckCost;
  /** Where every hash waits for its turn. */
  readonly queue: HashQueue;
  /** Told of each hash. */
  readonly pauseBudget?: PauseBudget;
}

/** Whether `password` is the one behind `hash`; `undefined` stands for an unknown user. */
export type VerifyPassword = (password: string, hash: string | undefined) => Promise<boolean>;

/**
 * All but `isOutdated` wait for their turn, and those of different keys take turns: a key names who asks, by
 * `toSiteKey` or `hashQueueKeyOf`. @throws {ServiceUnavailableError} when too many wait.
 */
export interface Passwords {
  /** Hashes a password that the policy has accepted. @throws {RangeError} if bcrypt cannot. */
  hash(password: string, key: string): Promise<string>;
  verify(password: string, hash: string | undefined, key: string): Promise<boolean>;
  /**
   * Runs `work` when its turn to hash has come: what is to be done just before the hash, and only if
   * there is going to be one. It verifies with what it is given, once.
   */
  inTurn<Result>(key: string, work: (verify: VerifyPassword) => Promise<Result>): Promise<Result>;
  /** Whether a hash was made at another cost than new ones are. */
  isOutdated(hash: string): boolean;
}

/**
 * Hashes and verifies passwords with bcrypt, in the thread pool.
 *
 * `verify` does the work of one bcrypt hash whatever it is given, so that its time does not tell
 * whether a user exists (OWASP, Authentication Cheat Sheet): one at the highest cost in use. A stored hash is
 * verified at the cost that it was made with, and the rest of the work is made up for.
 *
 * @throws {RangeError} if `cost` is not a whole number from 4 to 31: bcrypt would quietly change it.
 */
export async function createPasswords({
  cost,
  checkCost,
  queue,
  pauseBudget = noBudget,
}: PasswordOptions): Promise<Passwords> {
  if (!Number.isInteger(cost) || cost < minCost || cost > maxCost) {
    throw new RangeError(`The bcrypt cost must be a whole number from ${minCost} to ${maxCost}.`);
  }
  const hashOfNobody = await bcrypt.hash(randomUUID(), minCost);
  /** A hash that takes the work of this cost to verify. */
  const hashOfNobodyAt = (at: number) =>
    hashOfNobody.replace(/^(\$2b\$)\d\d/, `$1${String(at).padStart(2, '0')}`);

  const verifyNow: VerifyPassword = async (password, hash) => {
    const normal = normalizePassword(password);
    const isHashable = findHashingObstacle(normal) === undefined;
    const compare = (against: string) =>
      pauseBudget(() => bcrypt.compare(isHashable ? normal : '', against));
    const ownCost = hash === undefined ? undefined : bcrypt.getRounds(hash);
    if (ownCost !== undefined) checkCost.note(ownCost);
    const wholeCost = await checkCost.current();
    // Asked first and always: any shortcut before it would show in the time.
    const isMatch = await compare(hash ?? hashOfNobodyAt(wholeCost));
    // 2^c rounds, and 2^c, 2^(c+1) and so on up to 2^(C-1) more, are 2^C. Also when it matches: the user may be disabled.
    for (let at = ownCost ?? wholeCost; at < wholeCost; at += 1) await compare(hashOfNobodyAt(at));
    return isMatch && isHashable && hash !== undefined;
  };

  return {
    async hash(password, key) {
      const normal = normalizePassword(password);
      const obstacle = findHashingObstacle(normal);
      if (obstacle !== undefined) throw new RangeError(obstacle);
      return queue(() => pauseBudget(() => bcrypt.hash(normal, cost)), key);
    },
    verify: (password, hash, key) => queue(() => verifyNow(password, hash), key),
    inTurn: (key, work) => queue(() => work(verifyNow), key),
    isOutdated: (hash) => bcrypt.getRounds(hash) !== cost,
  };
}
