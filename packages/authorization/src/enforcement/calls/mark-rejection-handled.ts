/**
 * Marks the rejection of a promise as handled, so that it cannot end the process, and returns the promise.
 * graphql-js 16 drops some promises (see {@link createListGuard}).
 */
export function markRejectionHandled<Given extends PromiseLike<unknown>>(promise: Given): Given {
  promise.then(undefined, ignore);
  return promise;
}

const ignore = (): void => {};
