import { isPromise } from '../../decision/is-promise.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { isArray, mapItems, readItems } from '../values/list-items.ts';

/** Checks one row. Returns it, or throws. */
export type CheckRow = (row: unknown) => MaybePromise<unknown>;

/**
 * Checks every row in a value that is no promise, in lists of this depth. Returns a promise only when a list, a row or
 * a policy is asynchronous. Nulls, errors, and values that the executor rejects are returned unchanged.
 *
 * No row is returned before all are checked, so iterables are read to their end. Asynchronous ones, which graphql-js
 * rejects, are checked row by row while they are read.
 */
export function checkRows(value: unknown, depth: number, check: CheckRow): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (depth === 0) return check(value);
  const checkItem: CheckRow = (item) => checkRows(item, depth - 1, check);
  const items = readItems(value);
  return isArray(items) ? checkItems(items, checkItem) : mapItems(items, checkItem);
}

function checkItems(items: readonly unknown[], check: CheckRow): MaybePromise<unknown> {
  const checked: unknown[] = [];
  let isPending = false;
  for (const item of items) {
    const one = isPromise(item)
      ? markRejectionHandled(Promise.resolve(item).then(check, toItemError))
      : check(item);
    if (one !== item) isPending ||= isPromise(one);
    checked.push(one);
  }
  return isPending ? markRejectionHandled(Promise.all(checked)) : checked;
}

/** The executor reports an item that is an error at the path of the item, like one that rejects. */
const toItemError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('An item was rejected.', { cause: error });
