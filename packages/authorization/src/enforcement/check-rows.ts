import type { GraphQLOutputType } from 'graphql';
import { getNullableType, isListType } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { MaybePromise } from './field-call.ts';
import { isIterable } from './guard-list-items.ts';
import { markHandled } from './mark-handled.ts';

/** Checks one row. Returns it, or throws. */
export type CheckRow = (row: unknown) => MaybePromise<unknown>;

/** Returns the number of lists around the rows of a type. */
export function listDepth(given: GraphQLOutputType): number {
  const type = getNullableType(given);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}

/**
 * Checks every row in a value that is no promise, in lists of this depth. Returns a promise only when a list, a row or
 * a policy is asynchronous. Nulls, errors, and values that the executor rejects are returned unchanged.
 *
 * No row is returned before all are checked, so iterables are read to their end.
 */
export function checkRows(value: unknown, depth: number, check: CheckRow): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (depth === 0) return check(value);
  const items = readItems(value);
  if (isPromise(items)) {
    return markHandled(Promise.resolve(items).then((late) => checkRows(late, depth, check)));
  }
  return Array.isArray(items) ? checkItems(items, depth, check) : items;
}

/** Reads an iterable to its end, and returns an array. Other values are returned unchanged. */
export function readItems(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (isIterable(value)) return Array.from(value);
  return isAsyncIterable(value) ? markHandled(collect(value)) : value;
}

function checkItems(
  items: readonly unknown[],
  depth: number,
  check: CheckRow,
): MaybePromise<readonly unknown[]> {
  const checked: unknown[] = [];
  let isPending = false;
  for (const item of items) {
    const one = isPromise(item)
      ? markHandled(
          Promise.resolve(item).then((late) => checkRows(late, depth - 1, check), toItemError),
        )
      : checkRows(item, depth - 1, check);
    if (one !== item) isPending ||= isPromise(one);
    checked.push(one);
  }
  return isPending ? markHandled(Promise.all(checked)) : checked;
}

/** The executor reports an item that is an error at the path of the item, like one that rejects. */
const toItemError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(`Unexpected error value: ${String(error)}`);

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function collect(values: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for await (const value of values) items.push(value);
  return items;
}
