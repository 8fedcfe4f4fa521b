import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { CheckCost } from './check-cost.ts';
import { type HashQueue, noBudget, type PauseBudget } from './hash-queue.ts';
import { findHashingObstacle, normalizePassword } from './password-policy.ts';

const minCost = 4;
const maxCost = 31;

export interface PasswordOptions {
  /** The bcrypt work factor of new hashes: 2^cost rounds. A stored hash contains its own. */
  readonly cost: number;
  /** The cost that every check is padded to. */
  readonly checkCost: CheckCost;
  /** The queue of all hashes. */
  readonly queue: HashQueue;
  /** Called for each hash. */
  readonly pauseBudget?: PauseBudget;
}

/** Whether `password` matches `hash`. `undefined` stands for an unknown user. */
type VerifyPassword = (password: string, hash: string | undefined) => Promise<boolean>;

/**
 * Hashes and verifies passwords. All functions except `isOutdated` wait in the queue, where keys take turns. A key
 * identifies the requester: see `toSiteKey` and `hashQueueKeyOf`. @throws {ServiceUnavailableError} when the queue is
 * full.
 */
export interface Passwords {
  /** Hashes a password that passed `checkPassword`. @throws {RangeError} if bcrypt cannot hash it. */
  hash(password: string, key: string): Promise<string>;
  verify(password: string, hash: string | undefined, key: string): Promise<boolean>;
  /**
   * Runs `work` when it is its turn to hash. It may do what must happen only if, and just before, a hash is made. It
   * verifies once, with the function that it receives.
   */
  inTurn<Result>(key: string, work: (verify: VerifyPassword) => Promise<Result>): Promise<Result>;
  /** Whether a hash has another cost than new ones. */
  isOutdated(hash: string): boolean;
}

/**
 * Creates the functions that hash and verify passwords with bcrypt, in the thread pool.
 *
 * `verify` always takes the time of one hash at the highest cost in use, so its duration does not reveal whether a
 * user exists (OWASP, Authentication Cheat Sheet). A stored hash is verified at its own cost, and the rest is padded.
 *
 * @throws {RangeError} if `cost` is not a whole number from 4 to 31: bcrypt would silently change it.
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
  /** Returns a hash that takes the work of this cost to verify. */
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
    // Always compared first: a shortcut before it would be visible in the duration.
    const isMatch = await compare(hash ?? hashOfNobodyAt(wholeCost));
    // 2^c rounds, and 2^c, 2^(c+1) and so on up to 2^(C-1) more, are 2^C. Also when the password matches: the user
    // may be disabled.
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
