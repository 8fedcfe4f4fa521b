/**
 * Whether the executor treats a value as a promise: anything with a method `then`, also a function. A proxy may only tell
 * by its value that it has one.
 */
export const isPromise = <Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof thenOf(value) === 'function';

const thenOf = (value: { readonly then?: unknown }): unknown => value.then;
