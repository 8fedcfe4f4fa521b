import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { CheckCost } from './check-cost.ts';
import type { HashQueue, PauseBudget } from './hash-queue.ts';
import { findHashingObstacle, normalizePassword } from './password-policy.ts';

const minCost = 4;
const maxCost = 31;

export interface PasswordOptions {
  /** The bcrypt work factor of new hashes: 2^cost rounds. A stored hash contains its own. */
  readonly cost: number;
  /** The cost that every check is padded to. */
  readonly checkCost: CheckCost;
  readonly queue: HashQueue;
  /** Called for each hash. */
  readonly pauseBudget: PauseBudget;
}

export interface PasswordCheck {
  /** The key of the sent username, from `toUsernameKey`. */
  readonly usernameKey: string;
  readonly password: string;
  /** The stored hash. `undefined` for an unknown user. */
  readonly hash: string | undefined;
}

type VerifyPassword = (check: PasswordCheck) => Promise<boolean>;

/**
 * Hashes and verifies passwords. All functions except `isOutdated` wait in the queue, where keys take turns. A key
 * identifies the requester: see `toSiteKey` and `hashQueueKeyOf`. @throws {ServiceUnavailableError} when the queue is
 * full.
 */
export interface Passwords {
  /** Hashes a password that passed `checkPassword`. @throws {RangeError} if bcrypt cannot hash it. */
  hash(password: string, key: string): Promise<string>;
  verify(check: PasswordCheck, key: string): Promise<boolean>;
  /**
   * Runs `work` when it is its turn to hash. It may do what must happen only if, and just before, a hash is made. It
   * verifies once, with the function that it receives.
   */
  runQueued<Result>(
    key: string,
    work: (verify: VerifyPassword) => Promise<Result>,
  ): Promise<Result>;
  /** Whether a hash has another cost than new ones. */
  isOutdated(hash: string): boolean;
}

/**
 * Creates the functions that hash and verify passwords with bcrypt, in the thread pool.
 *
 * `verify` always takes the time of one hash at the highest cost in use, so its duration does not reveal whether a
 * user exists (OWASP, Authentication Cheat Sheet). A stored hash is verified at its own cost, and the rest is padded.
 * Each hash of the padding adds about 1 ms of its own, so an unknown user is treated as if it had a stored hash: always
 * the same cost for a username, and each cost as often as users have it.
 *
 * @throws {RangeError} if `cost` is not a whole number from 4 to 31: bcrypt would silently change it.
 */
export async function createPasswords({
  cost,
  checkCost,
  queue,
  pauseBudget,
}: PasswordOptions): Promise<Passwords> {
  if (!Number.isInteger(cost) || cost < minCost || cost > maxCost) {
    throw new RangeError(`The bcrypt cost must be a whole number from ${minCost} to ${maxCost}.`);
  }
  const hashOfNobody = await bcrypt.hash(randomUUID(), minCost);
  /** Returns a hash that takes the work of this cost to verify. */
  const hashOfNobodyAt = (at: number) =>
    hashOfNobody.replace(/^(\$2b\$)\d\d/, `$1${String(at).padStart(2, '0')}`);

  /** Changes with each start, so that the cost that a username gets cannot be computed. */
  const secret = randomBytes(32);
  const toShare = (usernameKey: string) =>
    createHmac('sha256', secret).update(usernameKey).digest().readUInt32BE() / 2 ** 32;

  const verifyNow: VerifyPassword = async ({ usernameKey, password, hash }) => {
    const normal = normalizePassword(password);
    const isHashable = findHashingObstacle(normal) === undefined;
    const compare = (stored: string) =>
      pauseBudget(() => bcrypt.compare(isHashable ? normal : '', stored));
    if (hash !== undefined) checkCost.note(bcrypt.getRounds(hash));
    const { highest, costAt } = await checkCost.current();
    const against = hash ?? hashOfNobodyAt(costAt(toShare(usernameKey)));
    // Always compared first: a shortcut before it would be visible in the duration.
    const isMatch = await compare(against);
    // 2^c rounds, and 2^c, 2^(c+1) and so on up to 2^(C-1) more, are 2^C. Also when the password matches: the user
    // may be disabled.
    for (let at = bcrypt.getRounds(against); at < highest; at += 1)
      await compare(hashOfNobodyAt(at));
    return isMatch && isHashable && hash !== undefined;
  };

  return {
    async hash(password, key) {
      const normal = normalizePassword(password);
      const obstacle = findHashingObstacle(normal);
      if (obstacle !== undefined) throw new RangeError(obstacle);
      return queue(() => pauseBudget(() => bcrypt.hash(normal, cost)), key);
    },
    verify: (check, key) => queue(() => verifyNow(check), key),
    runQueued: (key, work) => queue(() => work(verifyNow), key),
    isOutdated: (hash) => bcrypt.getRounds(hash) !== cost,
  };
}
