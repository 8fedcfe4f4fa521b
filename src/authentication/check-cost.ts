export type CheckCost = ReturnType<typeof createCheckCost>;

/** The bcrypt costs of the stored password hashes, and of new ones. */
export interface CostsInUse {
  /** The cost that every check is padded to. */
  readonly highest: number;
  /**
   * Returns the cost of one stored hash. `share`, from 0 up to but not including 1, chooses it: each cost is returned
   * for as large a part of all shares as it has of the hashes.
   */
  costAt(share: number): number;
}

/** A cost, with the number of hashes that have it, in proportion to those of other costs. */
export interface StoredCost {
  readonly cost: number;
  readonly hashes: number;
}

export interface CheckCostOptions {
  /** The cost of new hashes. */
  readonly cost: number;
  /** Reads the costs of all stored hashes. Their numbers may be those of a sample. */
  readonly readCosts: () => Promise<readonly StoredCost[]>;
  readonly now: () => Date;
}

/** How long the costs are cached. The highest falls when the last hash with a higher cost is replaced. */
const readingIntervalMs = 5 * 60 * 1000;

/**
 * Creates a cache of the costs in use. Stored hashes keep the cost at which they were made, which differs from that of
 * new hashes after BCRYPT_COST was changed, and between nodes during that change.
 *
 * `current` rejects when reading fails: with unknown costs, the duration of a check could reveal whether a user exists.
 */
export function createCheckCost({ cost, readCosts, now }: CheckCostOptions) {
  let stored: readonly StoredCost[] = [];
  let highest = cost;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    async current(): Promise<CostsInUse> {
      const nowMs = now().getTime();
      if (!(nowMs - readAtMs < readingIntervalMs)) {
        stored = await readCosts();
        highest = Math.max(cost, ...stored.map((each) => each.cost));
        readAtMs = nowMs;
      }
      return { highest, costAt: (share) => findCost(stored, share) ?? highest };
    },
    /** Reports the cost of a stored hash, which may be higher than the last known cost. */
    note(seen: number): void {
      highest = Math.max(highest, seen);
    },
  };
}

/** Returns the cost at this share of the hashes, in their order. `undefined` without hashes. */
function findCost(stored: readonly StoredCost[], share: number): number | undefined {
  const all = stored.reduce((sum, { hashes }) => sum + hashes, 0);
  let passed = 0;
  return stored.find(({ hashes }) => {
    passed += hashes;
    return share * all < passed;
  })?.cost;
}
