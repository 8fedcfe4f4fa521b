import type { GraphQLOutputType } from 'graphql';
import {
  getNamedType,
  getNullableType,
  isIntrospectionType,
  isLeafType,
  isListType,
} from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { markRejectionHandled } from '../enforcement/calls/promises.ts';
import { type Field, forgetAdmissions } from './field.ts';
import type { Path, Run } from './run.ts';

/** A list whose items are completed one after the other. */
interface ItemList {
  readonly values: readonly unknown[];
  readonly path: Path;
  /** Completes the item with an index. Throws, or rejects, where null is not allowed. */
  readonly complete: (index: number) => unknown;
}

/** Completes the items of a list: at once, or in turns of the event loop once the execution has completed many. */
export type CompleteItems = (list: ItemList, run: Run) => unknown;

/** Compiles the completion of the items of one type. Values of introspection, which the schema limits, are not counted. */
export function compileItems(itemType: GraphQLOutputType, field: Field): CompleteItems {
  const isCounted = !isIntrospectionType(getNamedType(itemType));
  const type = getNullableType(itemType);
  const hasQuota = isCounted && !isLeafType(type) && !isListType(type);
  return (list, run) => {
    const { values, path, complete } = list;
    if (isCounted) run.size.add(values.length, 0, path);
    const taken = hasQuota ? run.size.quota.take(values.length) : values.length;
    const isWhole = taken === values.length;
    const completed: unknown[] = [];
    try {
      // Faster than iterating. Items that are added meanwhile are seen, too.
      for (let index = 0; index < (isWhole ? values.length : taken); index += 1) {
        completed.push(complete(index));
      }
    } catch (error) {
      // Their promises reject, too. Those of other errors are dropped as graphql-js does.
      if (run.size.error !== undefined) dropItems(completed);
      throw error;
    }
    if (isWhole)
      return run.isPending && completed.some(isPromise) ? Promise.all(completed) : completed;
    run.isPending = true;
    return completeLater(list, completed, { field, run });
  };
}

function dropItems(completed: readonly unknown[]): void {
  for (const each of completed) if (isPromise(each)) markRejectionHandled(each);
}

/** Completes the items that are left, some in each turn of the event loop. */
async function completeLater(
  { values, path, complete }: ItemList,
  completed: unknown[],
  { field, run }: { readonly field: Field; readonly run: Run },
): Promise<unknown[]> {
  try {
    while (completed.length < values.length) {
      const end = completed.length + (await run.size.quota.wait(values.length - completed.length));
      run.size.add(0, 0, path);
      const wasPending = run.isPending;
      run.isPending = false;
      forgetAdmissions(field, run);
      try {
        while (completed.length < end) completed.push(complete(completed.length));
      } finally {
        run.isPending ||= wasPending;
      }
    }
  } catch (error) {
    dropItems(completed);
    throw error;
  }
  return Promise.all(completed);
}
