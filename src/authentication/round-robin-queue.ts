interface QueueEntry {
  /** Called when it is the entry's turn. */
  begin(): void;
  /** Called when the entry is dropped to make room. */
  release(): void;
}

/**
 * A queue in which the entries of one key wait for each other and the keys take turns, so that a key with many entries
 * does not delay the others. In memory; the caller bounds its size.
 */
export interface RoundRobinQueue {
  size(): number;
  add(key: string, entry: QueueEntry): void;
  /** Removes and returns the next entry of a key for which `isReady` returns true, or undefined. */
  next(isReady?: (key: string) => boolean): QueueEntry | undefined;
  /**
   * Drops the last entry of the key with most entries, if that has more than `key` would have. Returns whether it
   * did.
   */
  makeRoomFor(key: string): boolean;
}

export function createRoundRobinQueue(): RoundRobinQueue {
  /** The entries by key, in the order of the keys' turns. No list is empty. */
  const entries = new Map<string, QueueEntry[]>();
  let size = 0;

  return {
    size: () => size,
    add(key, entry) {
      const waiting = entries.get(key);
      if (waiting === undefined) entries.set(key, [entry]);
      else waiting.push(entry);
      size += 1;
    },
    next(isReady = () => true) {
      for (const [key, waiting] of entries) {
        if (!isReady(key)) continue;
        const entry = waiting.shift();
        entries.delete(key);
        if (waiting.length > 0) entries.set(key, waiting);
        size -= 1;
        return entry;
      }
      return undefined;
    },
    makeRoomFor(key) {
      const longest = [...entries.values()].reduce<QueueEntry[]>(
        (most, waiting) => (waiting.length > most.length ? waiting : most),
        [],
      );
      if (longest.length <= (entries.get(key)?.length ?? 0) + 1) return false;
      longest.pop()?.release();
      size -= 1;
      return true;
    },
  };
}
