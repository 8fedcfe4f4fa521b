/** The bcrypt cost that every password check is padded to. */
export interface CheckCost {
  /** Returns the highest cost that a check may need, for new or stored hashes. */
  current(): Promise<number>;
  /** Reports the cost of a stored hash, which may be higher than the last known cost. */
  note(cost: number): void;
}

export interface CheckCostOptions {
  /** The cost of new hashes. */
  readonly cost: number;
  /** Reads the highest cost of all stored hashes, or 0 without hashes. Scans all of them. */
  readonly readHighestCost: () => Promise<number>;
  readonly now: () => Date;
}

/** How long the highest cost is cached. It falls when the last hash with a higher cost is replaced. */
const readingIntervalMs = 5 * 60 * 1000;

/**
 * Creates a cache of the highest cost in use. Stored hashes keep the cost at which they were made, which differs from
 * that of new hashes after BCRYPT_COST was changed, and between nodes during that change.
 *
 * `current` rejects when reading fails: with an unknown cost, the duration of a check could reveal whether a user
 * exists.
 */
export function createCheckCost({ cost, readHighestCost, now }: CheckCostOptions): CheckCost {
  let highest = cost;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    async current() {
      const nowMs = now().getTime();
      if (!(nowMs - readAtMs < readingIntervalMs)) {
        highest = Math.max(cost, await readHighestCost());
        readAtMs = nowMs;
      }
      return highest;
    },
    note(stored) {
      highest = Math.max(highest, stored);
    },
  };
}
