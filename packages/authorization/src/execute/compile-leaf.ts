import type { GraphQLLeafType, GraphQLOutputType } from 'graphql';
import {
  getNullableType,
  isLeafType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { isArray } from '../enforcement/values/list-items.ts';
import { type Field, itemPathOf, pathOf } from './field.ts';
import { compileFail, compileFailLater, type FailLater } from './field-errors.ts';
import type { Path, Run } from './run.ts';
import { serialize } from './serialize.ts';

/** Completes a value that fits the type of a field: see `PropertyReader`. `prev` is the path of its object. */
export type CompleteFitting = (value: unknown, prev: Path | undefined, run: Run) => unknown;

/**
 * Compiles the completion of a leaf, or of a list of leaves, which creates paths for errors alone. Returns undefined for
 * a field of another type.
 */
export function compileLeaf(field: Field): CompleteFitting | undefined {
  const type = getNullableType(field.definition.type);
  if (isLeafType(type)) return completeLeaf(field, toSerialize(type));
  if (!isListType(type)) return undefined;
  const item = getNullableType(type.ofType);
  return isLeafType(item) ? completeLeaves(field, type.ofType, toSerialize(item)) : undefined;
}

type Serialize = (value: unknown, run: Run) => unknown;

/** Whether values of this type that fit are written to the answer as they are. */
export function isWritten(declared: GraphQLOutputType): boolean {
  const type = getNullableType(declared);
  return isScalarType(type) && isSpecifiedScalarType(type);
}

function toSerialize(type: GraphQLLeafType): Serialize {
  if (isWritten(type)) return writeLeaf;
  return (value, run) =>
    value === null || value === undefined ? null : serialize(type, value, run);
}

/** Writes a leaf that is written as it is. */
export function writeLeaf(value: unknown, { size }: Run): unknown {
  if (typeof value === 'string') size.characters += value.length;
  return value ?? null;
}

function completeLeaf(field: Field, serializeLeaf: Serialize): CompleteFitting {
  const fail = compileFail(field.definition.type, field);
  const failLater = compileFailLater(fail);
  return (value, prev, run) => {
    try {
      const completed = serializeLeaf(value, run);
      if (!run.isPending || !isPromise(completed)) return completed;
      return failLater(completed, pathOf(field, prev), run);
    } catch (error) {
      return fail(error, pathOf(field, prev), run);
    }
  };
}

function completeLeaves(
  field: Field,
  itemType: GraphQLOutputType,
  serializeLeaf: Serialize,
): CompleteFitting {
  const fail = compileFail(field.definition.type, field);
  const failLater = compileFailLater(fail);
  const failItem = compileFail(itemType, field);
  const failItemLater = compileFailLater(failItem);
  return (values, prev, run) => {
    if (!isArray(values)) return null;
    const completed: unknown[] = [];
    let path: Path | undefined;
    try {
      run.size.add(values.length, 0, prev);
      for (let key = 0; key < values.length; key += 1) {
        try {
          completed.push(serializeLeaf(values[key], run));
        } catch (error) {
          path ??= pathOf(field, prev);
          completed.push(failItem(error, itemPathOf(path, key), run));
        }
      }
    } catch (error) {
      return fail(error, path ?? pathOf(field, prev), run);
    }
    if (!run.isPending || !completed.some(isPromise)) return completed;
    path ??= pathOf(field, prev);
    return failLater(Promise.all(completed.map(lateItems(failItemLater, path, run))), path, run);
  };
}

/** Returns what handles the items that are late. */
const lateItems =
  (failLater: FailLater, path: Path, run: Run) =>
  (item: unknown, key: number): unknown =>
    isPromise(item) ? failLater(item, itemPathOf(path, key), run) : item;
