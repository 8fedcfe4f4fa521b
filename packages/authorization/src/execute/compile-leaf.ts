import type { GraphQLLeafType, GraphQLOutputType } from 'graphql';
import {
  getNullableType,
  isLeafType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { isArray } from '../enforcement/list-items.ts';
import { type Field, pathOf } from './field.ts';
import { compileFail } from './field-errors.ts';
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

type Serialize = (value: unknown) => unknown;

/** Whether values of this type that fit are written to the answer as they are. */
export function isWritten(given: GraphQLOutputType): boolean {
  const type = getNullableType(given);
  return isScalarType(type) && isSpecifiedScalarType(type);
}

function toSerialize(type: GraphQLLeafType): Serialize {
  if (isWritten(type)) return (value) => value ?? null;
  return (value) => (value === null || value === undefined ? null : serialize(type, value));
}

function completeLeaf(field: Field, serializeLeaf: Serialize): CompleteFitting {
  const fail = compileFail(field.definition.type, field);
  return (value, prev, run) => {
    try {
      return serializeLeaf(value);
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
  const failItem = compileFail(itemType, field);

  return (values, prev, run) => {
    if (!isArray(values)) return null;
    const completed: unknown[] = [];
    try {
      for (let key = 0; key < values.length; key += 1) {
        try {
          completed.push(serializeLeaf(values[key]));
        } catch (error) {
          const path = { prev: pathOf(field, prev), key, typename: undefined };
          completed.push(failItem(error, path, run));
        }
      }
      return completed;
    } catch (error) {
      return fail(error, pathOf(field, prev), run);
    }
  };
}
