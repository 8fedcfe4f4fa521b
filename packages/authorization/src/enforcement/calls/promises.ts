import { isPromise } from '../../decision/is-promise.ts';

/**
 * Marks the rejection of a promise as handled, so that it cannot end the process, and returns the promise.
 * graphql-js 16 drops some promises (see {@link createDeferSteps}).
 */
export function markRejectionHandled<Given extends PromiseLike<unknown>>(promise: Given): Given {
  promise.then(undefined, ignore);
  return promise;
}

const ignore = (): void => {};

/** Returns a promise that rejects, for errors that must not be thrown: graphql-js 16 would drop the promises of other items. */
export const rejected = (error: unknown): Promise<never> =>
  markRejectionHandled(Promise.reject(error));

/** Goes on with a value: at once, or when it has arrived. */
export function whenArrived<Value, Next>(
  value: Value | PromiseLike<Value>,
  goOn: (value: Value) => Next | Promise<Next>,
  onError?: (error: unknown) => Next,
): Next | Promise<Next> {
  if (!isPromise(value)) return goOn(value);
  return markRejectionHandled(Promise.resolve(value).then(goOn, onError));
}

/** Returns values once all of them have arrived. */
export const allArrived = (values: readonly unknown[]): unknown =>
  values.some(isPromise) ? markRejectionHandled(Promise.all(values)) : values;
