/** One who waits. */
export interface Place {
  /** Called when its turn has come. */
  begin(): void;
  /** Called when it has to make room instead. */
  leave(): void;
}

/**
 * A line in which those of one key wait behind each other, and the keys take turns: whoever sends many of one
 * key waits for them, and others do not. In memory, and bounded by whoever adds to it.
 */
export interface FairLine {
  size(): number;
  add(key: string, place: Place): void;
  /** Takes the next out of the line; undefined when it is empty. */
  next(): Place | undefined;
  /** Makes the last one of the key that has most leave, if it has more than this one would have; tells whether. */
  makeRoomFor(key: string): boolean;
}

export function createFairLine(): FairLine {
  /** In the order in which the keys have their turns. None is empty. */
  const lines = new Map<string, Place[]>();
  let size = 0;

  return {
    size: () => size,
    add(key, place) {
      const line = lines.get(key);
      if (line === undefined) lines.set(key, [place]);
      else line.push(place);
      size += 1;
    },
    next() {
      for (const [key, line] of lines) {
        const place = line.shift();
        lines.delete(key);
        if (line.length > 0) lines.set(key, line);
        size -= 1;
        return place;
      }
      return undefined;
    },
    makeRoomFor(key) {
      const longest = [...lines.values()].reduce<Place[]>(
        (most, line) => (line.length > most.length ? line : most),
        [],
      );
      if (longest.length <= (lines.get(key)?.length ?? 0) + 1) return false;
      longest.pop()?.leave();
      size -= 1;
      return true;
    },
  };
}
