/**
 * Returns a promise whose rejection never ends the process, whether or not the executor waits for it:
 * graphql-js 16 drops some promises (see {@link createListGuard}).
 */
export function heard<Given extends PromiseLike<unknown>>(promise: Given): Given {
  promise.then(undefined, ignore);
  return promise;
}

const ignore = (): void => {};
