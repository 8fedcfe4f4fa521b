/** A part of a list that begins at an index of the whole. */
interface Part {
  readonly start: number;
}

/** Returns the part that holds an index. The parts are sorted by `start`; of equal ones, the last is returned. */
export function findPart<P extends Part>(parts: readonly P[], index: number): P | undefined {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.start ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}
