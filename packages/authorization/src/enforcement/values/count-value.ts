import type {
  GraphQLCompositeType,
  GraphQLLeafType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLScalarType,
} from 'graphql';
import {
  getNullableType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable } from '../../decision/iterables.ts';
import { writeLeaf } from '../../graphql-js/leaf-values.ts';
import { markRejectionHandled, rejected } from '../calls/promises.ts';
import { type AnswerSize, type AnswerSizes, placeOf } from '../sizes/answer-size.ts';
import { addLeaf } from '../sizes/leaf-size.ts';
import { createSelectionSizes, type SelectionSizes } from '../sizes/selection-sizes.ts';
import { isArray } from './list-items.ts';

/**
 * Counts a value that graphql-js completes, or another executor. Returns the value: that of a long list has promises for
 * the items that wait for a turn of the event loop. A failure is a rejected promise, never thrown: graphql-js 16 drops the
 * promises of other list items when one throws.
 *
 * `isFitting`: the executor can complete the value as it is, see `compileFits`.
 */
export type CountValue = (value: unknown, info: GraphQLResolveInfo, isFitting: boolean) => unknown;

/** Compiles the count of the values of a type. Undefined: the object around them counts them. */
export type CompileCount = (type: GraphQLOutputType) => CountValue | undefined;

/** The execution in which a value is counted. */
interface Counted {
  readonly size: AnswerSize;
  readonly info: GraphQLResolveInfo;
  readonly isFitting: boolean;
}

/** Counts a value that is neither null nor an error. @throws {AnswerTooLargeError} */
type Count = (value: unknown, counted: Counted) => unknown;

export function createCompileCount(sizes: AnswerSizes): CompileCount {
  const selectionSizes = createSelectionSizes();
  // Most fields have a text.
  const countText: CountValue = (value, info) =>
    typeof value === 'string' ? sizes.addText(value, info) : value;
  return (declared) => {
    const type = getNullableType(declared);
    if (isScalarType(type) && isSpecifiedScalarType(type)) {
      return isText(type) ? countText : undefined;
    }
    const count = compileCount(type, selectionSizes);
    return (value, info, isFitting) => {
      if (!isPresent(value)) return value;
      const size = sizes.of(info);
      if (size.isCompiled) return value;
      try {
        return count(value, { size, info, isFitting });
      } catch (error) {
        return rejected(error);
      }
    };
  };
}

const isText = ({ name }: GraphQLScalarType): boolean => name === 'String' || name === 'ID';

const isPresent = (value: unknown): boolean =>
  value !== null && value !== undefined && !(value instanceof Error);

function compileCount(declared: GraphQLOutputType, selectionSizes: SelectionSizes): Count {
  const type = getNullableType(declared);
  if (isListType(type)) return countList(type.ofType, selectionSizes);
  if (isLeafType(type)) return countLeaf(type);
  if (isCompositeType(type)) return countObject(type, selectionSizes);
  throw new TypeError(`${type} is not the type of a value.`);
}

function countLeaf(type: GraphQLLeafType): Count {
  if (isScalarType(type) && isSpecifiedScalarType(type)) {
    return (value, { size }) => addWritten(value, value, size);
  }
  return (value, { size }) => addWritten(value, serialized(type, value), size);
}

/** Once the limit is exceeded, leaves are delivered: the objects around them were counted. */
function addWritten(value: unknown, written: unknown, size: AnswerSize): unknown {
  if (size.error !== undefined) return value;
  addLeaf(size, written);
  size.add(0, 0);
  return value;
}

/** What a type writes. The executor asks for it again, and reports an error. */
function serialized(type: GraphQLLeafType, value: unknown): unknown {
  try {
    const written: unknown = writeLeaf(type, value);
    return isPromise(written) ? markRejectionHandled(written) : written;
  } catch {
    return undefined;
  }
}

function countObject(type: GraphQLCompositeType, selectionSizes: SelectionSizes): Count {
  return (value, { size, info }) => {
    const { values, characters } = selectionSizes(type, info, size);
    size.add(values, characters, placeOf(info));
    return value;
  };
}

function countList(itemType: GraphQLOutputType, selectionSizes: SelectionSizes): Count {
  const type = getNullableType(itemType);
  const countItems = isCompositeType(type)
    ? countObjects(type, selectionSizes, isNonNullType(itemType))
    : countEach(compileCount(type, selectionSizes));
  return (list, counted) => {
    if (isArray(list)) return countItems(list, counted);
    return isAsyncIterable(list) ? countLater(list, countItems, counted) : list;
  };
}

/** Late items are counted when they arrive: see `compileFit`. */
const isCounted = (item: unknown): boolean => isPresent(item) && !isPromise(item);

/** Counts the items of a list. Returns the list to deliver. */
type CountItems = (items: readonly unknown[], counted: Counted) => readonly unknown[];

function countObjects(
  type: GraphQLCompositeType,
  selectionSizes: SelectionSizes,
  isStrict: boolean,
): CountItems {
  return (items, { size, info, isFitting }) => {
    const { values, characters } = selectionSizes(type, info, size);
    const objects = isFitting && isStrict ? items.length : countPresent(items);
    size.add(items.length + objects * values, objects * characters, placeOf(info));
    return withLateItems(items, size);
  };
}

function countPresent(items: readonly unknown[]): number {
  let present = 0;
  for (let index = 0; index < items.length; index += 1) if (isCounted(items[index])) present += 1;
  return present;
}

/** Counts one value for each item, before `count` looks into it. */
function countEach(count: Count): CountItems {
  return (items, counted) => {
    const { size, info } = counted;
    size.add(items.length, 0, placeOf(info));
    let delivered: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const next = isCounted(item) ? count(item, counted) : item;
      if (next === item) continue;
      delivered ??= [...items];
      delivered[index] = next;
    }
    return delivered ?? items;
  };
}

async function* countLater(
  list: AsyncIterable<unknown>,
  countItems: CountItems,
  { size, info }: Counted,
): AsyncGenerator<unknown> {
  for await (const item of list) yield* countItems([item], { size, info, isFitting: false });
}

/** Returns a list whose items are late from where a turn of the event loop has to be waited for. */
function withLateItems(list: readonly unknown[], size: AnswerSize): readonly unknown[] {
  const taken = size.quota.take(list.length);
  if (taken === list.length) return list;
  const releases: (() => void)[] = [];
  const late = list.slice(taken).map((item) =>
    markRejectionHandled(
      new Promise((resolve, reject) => {
        releases.push(() => (size.error === undefined ? resolve(item) : reject(size.error)));
      }),
    ),
  );
  void release(releases, size);
  return [...list.slice(0, taken), ...late];
}

async function release(releases: readonly (() => void)[], { quota }: AnswerSize): Promise<void> {
  let next = 0;
  while (next < releases.length) {
    const end = next + (await quota.wait(releases.length - next));
    for (const each of releases.slice(next, end)) each();
    next = end;
  }
}
