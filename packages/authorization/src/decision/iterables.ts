/** Whether the executor treats a value as a list: any iterable object, but not a string. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  hasMethod(value, Symbol.iterator);

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  hasMethod(value, Symbol.asyncIterator);

const hasMethod = (value: unknown, name: symbol): boolean =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
