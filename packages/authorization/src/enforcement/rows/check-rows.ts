import type { GraphQLNamedType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable } from '../../decision/iterables.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { allArrived, markRejectionHandled, whenArrived } from '../calls/promises.ts';
import { isArray, readItems } from '../values/list-items.ts';

/** What a check returns in place of a row that the viewer may not see. */
export const hidden = Symbol('hidden');

/** Checks one row of a declared type. Returns it, or `hidden`, or throws. */
export type CheckRow = (row: unknown, type: GraphQLNamedType) => MaybePromise<unknown>;

/** Chains two checks: the second one gets the rows that the first one returns unchanged. */
export const chainChecks =
  (first: CheckRow, second: CheckRow): CheckRow =>
  (row, type) => {
    const conclude = (checked: unknown) => (checked === row ? second(row, type) : checked);
    return whenArrived(first(row, type), conclude);
  };

/** Rows of one type, in lists of this depth. */
export interface CheckedRows {
  readonly type: GraphQLNamedType;
  readonly depth: number;
  /** Whether null takes the place of a hidden row. It is left out otherwise. */
  readonly keepsPlaces: boolean;
}

/**
 * Checks every row in a value that is no promise. Returns a promise only when a list, a row or a policy is asynchronous.
 * Nulls, errors, and values that the executor rejects are returned unchanged.
 *
 * No row is returned before all are checked, so iterables are read to their end, and no row is checked before all have
 * arrived: an object that becomes several rows while promises settle is checked as the row that is delivered.
 * Asynchronous iterables, which graphql-js 16 rejects, are checked item by item while they are read.
 */
export function checkRows(
  value: unknown,
  rows: CheckedRows,
  check: CheckRow,
): MaybePromise<unknown> {
  const arrived = rows.depth === 0 ? value : arrive(value, rows.depth);
  return whenArrived(arrived, (all) => checkArrived(all, rows, check));
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

function checkArrived(value: unknown, rows: CheckedRows, check: CheckRow): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (rows.depth === 0) return check(value, rows.type);
  const inside = { ...rows, depth: rows.depth - 1 };
  const checkItem = (item: unknown) => checkArrived(item, inside, check);
  const items = readItems(value);
  if (isArray(items)) return checkItems(items, checkItem, rows.keepsPlaces);
  if (!isAsyncIterable(items)) return items;
  const arriving = async (item: unknown) => checkItem(await arrive(item, inside.depth));
  return checkLater(items, arriving, rows.keepsPlaces);
}

type CheckItem = (item: unknown) => MaybePromise<unknown>;

function checkItems(
  items: readonly unknown[],
  check: CheckItem,
  keepsPlaces: boolean,
): MaybePromise<unknown> {
  const checked: unknown[] = [];
  let isPending = false;
  let hidesSome = false;
  for (const item of items) {
    const one = check(item);
    if (one !== item) {
      isPending ||= isPromise(one);
      hidesSome ||= one === hidden;
    }
    checked.push(one);
  }
  if (!isPending) return hidesSome ? withoutHidden(checked, keepsPlaces) : checked;
  return markRejectionHandled(Promise.all(checked).then((all) => withoutHidden(all, keepsPlaces)));
}

const withoutHidden = (items: readonly unknown[], keepsPlaces: boolean): readonly unknown[] =>
  keepsPlaces
    ? items.map((item) => (item === hidden ? null : item))
    : items.filter((item) => item !== hidden);

async function* checkLater(items: AsyncIterable<unknown>, check: CheckItem, keepsPlaces: boolean) {
  for await (const item of items) {
    const one = await check(item);
    if (one !== hidden) yield one;
    else if (keepsPlaces) yield null;
  }
}

/** The executor reports an item that is an error at the path of the item, like one that rejects. */
export const toItemError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('An item was rejected.', { cause: error });
