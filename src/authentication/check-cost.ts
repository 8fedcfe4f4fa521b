/** The work that every check of a password is filled up to, as a cost of bcrypt. */
export interface CheckCost {
  /** The highest cost that a check may need: of new hashes or of stored ones. */
  current(): Promise<number>;
  /** Takes the cost of a stored hash into account that was met before the next reading. */
  note(cost: number): void;
}

export interface CheckCostOptions {
  /** Of new hashes. */
  readonly cost: number;
  /** Reads the highest cost of all stored hashes; 0 without hashes. Reads every hash. */
  readonly readHighestCost: () => Promise<number>;
  readonly now: () => Date;
}

/** How long the highest cost is kept before it is read again: it falls when the last costly hash is renewed. */
const readingIntervalMs = 5 * 60 * 1000;

/**
 * Knows the highest cost in use. Stored hashes keep the cost that they were made at, which differs from the one
 * of new hashes after BCRYPT_COST has changed, and between nodes while it changes.
 *
 * `current` rejects with what reading throws: a check of unknown length would tell known users from others.
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
