import DataLoader from 'dataloader';

/** The maximum number of keys in one statement. */
const maxBatchSize = 500;

/** Returns the value or the error of each key, in the order of the keys. */
type ReadMany<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/**
 * Creates a loader that batches the reads of all requests: keys that are loaded in one turn of the event loop are read
 * with one statement. It caches nothing, so a read that starts after a change returns the changed data.
 */
export const createLoader = <Key, Value>(read: ReadMany<Key, Value>): DataLoader<Key, Value> =>
  new DataLoader(read, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });

/** Groups rows by a key, in the order in which they were read. */
export function groupBy<Row, Key = unknown>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): ReadonlyMap<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const value = keyOf(row);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return groups;
}
