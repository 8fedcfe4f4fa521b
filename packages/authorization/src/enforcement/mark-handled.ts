/**
 * Returns the promise, with its rejection marked as handled, so that it cannot end the process: graphql-js 16
 * drops some promises (see {@link createListGuard}).
 */
export function markHandled<Given extends PromiseLike<unknown>>(promise: Given): Given {
  promise.then(undefined, ignore);
  return promise;
}

const ignore = (): void => {};
