import type { GraphQLOutputType } from 'graphql';
import { getNullableType, isListType } from 'graphql';
import { isAsyncIterable, isIterable } from '../../decision/iterables.ts';

/** Returns the number of lists around the items of a type. */
export function listDepth(declared: GraphQLOutputType): number {
  const type = getNullableType(declared);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}

/**
 * A list whose iterator threw an error. Iterating over it throws the same error, so that the executor reports it at the
 * same path.
 */
export class BrokenList implements Iterable<never> {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }

  [Symbol.iterator](): never {
    throw this.error;
  }
}

/**
 * Maps the items of a value that the executor treats as a list: iterables, and asynchronous ones for the executors that
 * accept them. Other values are returned unchanged. Nothing of a list whose iterator throws is delivered: graphql-js 16
 * would drop the promises of its items.
 */
export function mapItems(list: unknown, map: (item: unknown) => unknown): unknown {
  if (!isIterable(list)) return isAsyncIterable(list) ? mapLater(list, map) : list;
  try {
    return Array.from(list, (item) => map(item));
  } catch (error) {
    return new BrokenList(error);
  }
}

async function* mapLater(list: AsyncIterable<unknown>, map: (item: unknown) => unknown) {
  for await (const item of list) yield map(item);
}

/** Reads an iterable to its end. */
export const readItems = (value: unknown): unknown =>
  isIterable(value) && !isArray(value) ? mapItems(value, (item) => item) : value;

/** Whether a value is an array that is iterated as arrays are. */
export const isArray = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value[Symbol.iterator] === Array.prototype[Symbol.iterator];
