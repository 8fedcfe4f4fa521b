import type { GraphQLNamedType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable } from '../../decision/iterables.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { allArrived, markRejectionHandled, whenArrived } from '../calls/promises.ts';
import { isArray, readItems } from '../values/list-items.ts';

/** What a check returns in place of a row that is left out of a list. */
export const leftOut = Symbol('left out');

/** Checks one row of a declared type. Returns it or what takes its place, or throws. */
export type CheckRow = (row: unknown, type: GraphQLNamedType) => MaybePromise<unknown>;

/** Chains two checks: the second one gets the rows that the first one returns unchanged. */
export const chainChecks =
  (first: CheckRow, second: CheckRow): CheckRow =>
  (row, type) => {
    const conclude = (checked: unknown) => (checked === row ? second(row, type) : checked);
    return whenArrived(first(row, type), conclude);
  };

type CheckItem = (item: unknown) => MaybePromise<unknown>;

/**
 * Checks every item in lists of this depth. The value is no promise. Returns a promise only when a list, an item or a policy
 * is asynchronous. Nulls, errors, and values that the executor rejects are returned unchanged.
 *
 * No item is returned before all are checked, so iterables are read to their end, and no item is checked before all have
 * arrived: an object that becomes several rows while promises settle is checked as the row that is delivered.
 * Asynchronous iterables, which graphql-js 16 rejects, are checked item by item while they are read.
 */
export function checkItems(value: unknown, depth: number, check: CheckItem): MaybePromise<unknown> {
  const arrived = depth === 0 ? value : arrive(value, depth);
  return whenArrived(arrived, (all) => checkArrived(all, depth, check));
}

/** Reads lists of this depth, and waits for the promises in them. */
const arrive = (value: unknown, depth: number): unknown =>
  whenArrived(value, (arrived) => arriveInside(arrived, depth), toItemError);

function arriveInside(value: unknown, depth: number): unknown {
  if (depth === 0 || value instanceof Error) return value;
  const items = readItems(value);
  if (!isArray(items) || (depth === 1 && !items.some(isPromise))) return items;
  return allArrived(items.map((item) => arrive(item, depth - 1)));
}

function checkArrived(value: unknown, depth: number, check: CheckItem): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (depth === 0) return check(value);
  const inside = depth - 1;
  const checkItem = (item: unknown) => checkArrived(item, inside, check);
  const items = readItems(value);
  if (isArray(items)) return checkAll(items, checkItem);
  if (!isAsyncIterable(items)) return items;
  return checkLater(items, async (item) => checkItem(await arrive(item, inside)));
}

function checkAll(items: readonly unknown[], check: CheckItem): MaybePromise<unknown> {
  const checked: unknown[] = [];
  let isPending = false;
  let lacksSome = false;
  for (const item of items) {
    const one = check(item);
    if (one !== item) {
      isPending ||= isPromise(one);
      lacksSome ||= one === leftOut;
    }
    checked.push(one);
  }
  if (!isPending) return lacksSome ? shorten(checked) : checked;
  return markRejectionHandled(Promise.all(checked).then(shorten));
}

const shorten = (items: readonly unknown[]): readonly unknown[] =>
  items.filter((item) => item !== leftOut);

async function* checkLater(items: AsyncIterable<unknown>, check: CheckItem) {
  for await (const item of items) {
    const one = await check(item);
    if (one !== leftOut) yield one;
  }
}

/** The executor reports an item that is an error at the path of the item, like one that rejects. */
export const toItemError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('An item was rejected.', { cause: error });
