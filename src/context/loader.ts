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

/** Groups rows by the value of a property, in the order in which they were read. */
export function groupBy<Row extends object>(
  rows: readonly Row[],
  key: string,
): ReadonlyMap<unknown, readonly Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const value: unknown = Reflect.get(row, key);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return groups;
}
