import DataLoader from 'dataloader';

/** How many keys are read in one statement at most. */
const maxBatchSize = 500;

/** Gives the value of each key, or the error of this key alone, in their order. */
type ReadMany<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/**
 * Batches the reads of all requests that are under way: those that arrive in one turn of the event loop
 * make one statement. It keeps nothing, so that what starts after a change always reads after it.
 */
export const createLoader = <Key, Value>(read: ReadMany<Key, Value>): DataLoader<Key, Value> =>
  new DataLoader(read, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });
