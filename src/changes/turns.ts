/** Runs work after all earlier work that has a key in common with it. @throws what the work throws, by rejecting. */
export type InTurn = <Result>(
  keys: readonly string[],
  work: () => Promise<Result>,
) => Promise<Result>;

/** Creates turns of one process. Work takes its place in all of its queues at once, so none waits for another for ever. */
export function createTurns(): InTurn {
  /** The end of the last work of each key that has any. */
  const ends = new Map<string, Promise<void>>();

  return async (keys, work) => {
    const earlier = keys.map((key) => ends.get(key));
    let finish = () => {};
    const end = new Promise<void>((resolve) => {
      finish = resolve;
    });
    for (const key of keys) ends.set(key, end);
    await Promise.all(earlier);
    try {
      return await work();
    } finally {
      finish();
      for (const key of keys) if (ends.get(key) === end) ends.delete(key);
    }
  };
}
