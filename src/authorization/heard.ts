/**
 * Returns a promise whose rejection never ends the process, whether or not the executor waits for it:
 * graphql-js 16 drops some promises (see {@link createListGuard}).
 */
export function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

const ignore = (): void => {};
