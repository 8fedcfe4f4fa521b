import type { GraphQLOutputType, GraphQLResolveInfo, GraphQLScalarType } from 'graphql';
import {
  getNullableType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable, isIterable } from '../../decision/iterables.ts';
import { whenArrived } from '../calls/promises.ts';
import type { CompileCount } from './count-value.ts';
import { isArray } from './list-items.ts';
import { toClientError, ValueError } from './value-error.ts';

type Path = GraphQLResolveInfo['path'];

/**
 * Returns a value that the executor can complete: the value itself wherever that is possible. Items of lists that do not
 * fit are replaced by errors.
 *
 * @throws {ValueError} when the value does not fit its type.
 */
export type FitValue = (value: unknown, info: GraphQLResolveInfo, path: Path) => unknown;

/**
 * Compiles the check whether a value fits the type of a field, as far as the executor decides it by the value alone:
 * nulls, lists and the scalars of GraphQL, whose `serialize` all schemas share. All other types check their values.
 *
 * Items of lists that come late are counted by `compileCount` when they arrive.
 */
export function compileFit(
  coordinate: string,
  type: GraphQLOutputType,
  compileCount: CompileCount,
): FitValue {
  if (isNonNullType(type)) {
    const fit = compileFit(coordinate, type.ofType, compileCount);
    return (value, info, path) => {
      if (value !== null && value !== undefined) return fit(value, info, path);
      throw new ValueError(coordinate, 'its value is null, which its type does not allow');
    };
  }
  if (isListType(type)) return createFitList(coordinate, type.ofType, compileCount);
  if (isScalarType(type) && isSpecifiedScalarType(type)) return createFitScalar(coordinate, type);
  return (value) => {
    // Apollo Server looks for promises in every array, and would send what a proxy throws there.
    if (isArray(value)) value.some(isPromise);
    return value;
  };
}

/**
 * Compiles the check whether the executor can complete a value without {@link compileFit}: nothing in it is an error, is
 * late, or does not fit. It throws what a proxy or a getter throws.
 */
export function compileFits(type: GraphQLOutputType): (value: unknown) => boolean {
  const isStrict = isNonNullType(type);
  const fits = compileFitsNullable(isStrict ? type.ofType : type);
  return (value) => (value === null || value === undefined ? !isStrict : fits(value));
}

function compileFitsNullable(type: GraphQLOutputType): (value: unknown) => boolean {
  if (isListType(type)) {
    const fitsItem = compileFits(type.ofType);
    return (value) => isPlain(value) && isArray(value) && everyItem(value, fitsItem);
  }
  const kind = scalarKind(type);
  return kind === undefined ? isPlainItem : (value) => isWritten(kind, value);
}

/** Unlike `every`, it sees the items that are missing. */
function everyItem(items: readonly unknown[], fits: (item: unknown) => boolean): boolean {
  for (let index = 0; index < items.length; index += 1) if (!fits(items[index])) return false;
  return true;
}

/** A list as the value of a scalar is examined by {@link compileFit}. */
const isPlainItem = (value: unknown): boolean => isPlain(value) && !Array.isArray(value);

/** Whether a value is itself what is delivered. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'function';
  return !(value instanceof Error || isPromise(value));
}

/** The scalars of GraphQL by what is written of them. A number is compared faster than a name. */
const scalarKinds = { text: 1, int: 2, float: 3, boolean: 4 } as const;
type ScalarKind = (typeof scalarKinds)[keyof typeof scalarKinds];
const { text, int, float, boolean } = scalarKinds;

/** Returns the kind of a scalar of GraphQL. Undefined: the type is another one. */
export function scalarKind(declared: GraphQLOutputType): ScalarKind | undefined {
  const type = getNullableType(declared);
  return isScalarType(type) && isSpecifiedScalarType(type) ? kindsByName[type.name] : undefined;
}

const kindsByName: Readonly<Record<string, ScalarKind>> = {
  Boolean: boolean,
  Float: float,
  ID: text,
  Int: int,
  String: text,
};

/** Whether a value of this kind is written to an answer as it is. */
export function isWritten(kind: ScalarKind | undefined, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return kind === text;
    case 'number':
      return kind === int ? (value | 0) === value : kind === float && Number.isFinite(value);
    case 'boolean':
      return kind === boolean;
    default:
      return false;
  }
}

function createFitScalar(coordinate: string, type: GraphQLScalarType): FitValue {
  const kind = scalarKind(type);
  return (value) => {
    if (value === null || value === undefined || isWritten(kind, value)) return value;
    try {
      return type.serialize(value);
    } catch (cause) {
      throw new ValueError(coordinate, `its value is no ${type.name}`, { cause });
    }
  };
}

/** Compiles the check of one item of a list. It never throws: an item that does not fit is replaced by an error. */
function createFitItem(
  coordinate: string,
  itemType: GraphQLOutputType,
  compileCount: CompileCount,
) {
  const fit = compileFit(coordinate, itemType, compileCount);
  const count = compileCount(itemType);

  function fitItem(item: unknown, info: GraphQLResolveInfo, path: Path): unknown {
    const refuse = (error: unknown): Error => toClientError(error, coordinate, { info, path });
    try {
      if (item instanceof Error) return refuse(item);
      if (!isPromise(item)) return fit(item, info, path);
      return whenArrived(item, (late) => arrive(late, info, path), refuse);
    } catch (error) {
      return refuse(error);
    }
  }

  function arrive(late: unknown, info: GraphQLResolveInfo, path: Path): unknown {
    const fitting = fitItem(late, info, path);
    try {
      return count === undefined || isPromise(fitting) ? fitting : count(fitting, info, false);
    } catch (error) {
      return toClientError(error, coordinate, { info, path });
    }
  }

  return fitItem;
}

function createFitList(
  coordinate: string,
  itemType: GraphQLOutputType,
  compileCount: CompileCount,
): FitValue {
  const fitItem = createFitItem(coordinate, itemType, compileCount);

  async function* fitLater(
    items: AsyncIterable<unknown>,
    info: GraphQLResolveInfo,
    path: Path,
  ): AsyncGenerator<unknown> {
    let key = 0;
    try {
      for await (const item of items) {
        yield fitItem(item, info, { prev: path, key, typename: undefined });
        key += 1;
      }
    } catch (error) {
      throw toClientError(error, coordinate, { info, path });
    }
  }

  return (value, info, path) => {
    if (value === null || value === undefined) return value;
    // Some executors accept them. graphql-js does not.
    if (!isIterable(value) && isAsyncIterable(value)) return fitLater(value, info, path);
    if (!isIterable(value)) throw new ValueError(coordinate, 'its value is no list');
    const items = isArray(value) ? value : Array.from(value);
    let fitted: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const fitting = fitItem(item, info, { prev: path, key: index, typename: undefined });
      if (fitting === item) continue;
      fitted ??= [...items];
      fitted[index] = fitting;
    }
    return fitted ?? items;
  };
}
