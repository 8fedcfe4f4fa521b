import type { GraphQLAbstractType, GraphQLObjectType, GraphQLOutputType } from 'graphql';
import {
  defaultTypeResolver,
  GraphQLError,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { isIterable } from '../decision/iterables.ts';
import { isArray } from '../enforcement/values/list-items.ts';
import type { NoteObjects } from './compile-notes.ts';
import { compileItems } from './complete-items.ts';
import {
  createInfo,
  type Field,
  forgetAdmissions,
  itemPathOf,
  type RunSelections,
} from './field.ts';
import { compileFail, compileFailLater } from './field-errors.ts';
import type { Path, Run } from './run.ts';
import { serialize } from './serialize.ts';

/** Completes a value (GraphQL specification, 6.4.3), or throws or rejects where it cannot. */
export type Complete = (value: unknown, path: Path, run: Run) => unknown;

/** The compiled selections of one object type. */
export interface Selected {
  readonly run: RunSelections;
  /** The same for an object that was noted before. */
  readonly runNoted: RunSelections;
  /** Notes the objects whose audited fields are read. Undefined: the selections have none. */
  readonly noteObjects: NoteObjects | undefined;
}

/** A field whose values are completed. */
export interface CompletedField extends Field {
  /** Compiles its selections for one run-time type. @throws {GraphQLError} for a null condition. */
  readonly select: (type: GraphQLObjectType) => Selected;
}

/** Compiles the completion of a field, or of an item in its lists. It throws, or rejects, where null is not allowed. */
type CompilePlace = (type: GraphQLOutputType, field: CompletedField) => Complete;

/**
 * Compiles the completion of a place whose value may be late or an error. The order of its promises is that of graphql-js,
 * which decides the order of errors.
 */
export const compilePlace: CompilePlace = (type, field) => {
  const complete = compileValue(type, field);
  const settle = compileSettle(type, field);
  const arrive = (late: unknown, path: Path, run: Run): unknown => {
    const wasPending = run.isPending;
    run.isPending = false;
    forgetAdmissions(field, run);
    try {
      return complete(late, path, run);
    } finally {
      // A thenable may call back at once.
      run.isPending ||= wasPending;
    }
  };
  return settle((value, path, run) => {
    if (!isPromise(value)) return complete(value, path, run);
    run.isPending = true;
    return value.then((late) => arrive(late, path, run));
  });
};

/** Compiles the completion of a place whose value is known to fit: see `PropertyReader`. */
export const compileFittingPlace: CompilePlace = (type, field) => {
  const complete = compileNullable(getNullableType(type), field, compileFittingPlace);
  const settle = compileSettle(type, field);
  return settle((value, path, run) =>
    value === null || value === undefined ? null : complete(value, path, run),
  );
};

/** Compiles what happens to the errors of a place. */
function compileSettle(type: GraphQLOutputType, field: Field) {
  const fail = compileFail(type, field);
  const failLater = compileFailLater(fail);
  return (complete: Complete): Complete =>
    (value, path, run) => {
      try {
        const completed = complete(value, path, run);
        if (!run.isPending || !isPromise(completed)) return completed;
        return failLater(completed, path, run);
      } catch (error) {
        return fail(error, path, run);
      }
    };
}

function compileValue(declared: GraphQLOutputType, field: CompletedField): Complete {
  const isStrict = isNonNullType(declared);
  const complete = compileNullable(getNullableType(declared), field, compilePlace);
  return (value, path, run) => {
    if (value instanceof Error) throw value;
    const isNull = value === null || value === undefined;
    const completed = isNull ? null : complete(value, path, run);
    if (completed !== null || !isStrict) return completed;
    throw new Error(`Cannot return null for non-nullable field ${coordinateOf(field)}.`);
  };
}

const coordinateOf = ({ parent, definition }: Field): string => `${parent.name}.${definition.name}`;

function compileNullable(
  type: GraphQLOutputType,
  field: CompletedField,
  compileItem: CompilePlace,
): Complete {
  if (isListType(type)) return completeList(type.ofType, field, compileItem);
  if (isLeafType(type)) return (value, _path, run) => serialize(type, value, run);
  if (isAbstractType(type)) return completeAbstract(type, field);
  if (isObjectType(type)) return completeObject(type, field);
  throw new TypeError(`${type} is not the type of a value.`);
}

function completeList(
  itemType: GraphQLOutputType,
  field: CompletedField,
  compileItem: CompilePlace,
): Complete {
  const completeItem = compileItem(itemType, field);
  const noted = compileNotedItems(itemType, field, compileItem);
  const completeItems = compileItems(itemType, field);
  return (list, prev, run) => {
    const values = toArray(list, field);
    const known = noted?.note(values, prev, run);
    const completeNoted = noted?.complete ?? completeItem;
    const complete = (index: number): unknown => {
      const item = values[index];
      const isNoted = known !== undefined && known[index] === item;
      return (isNoted ? completeNoted : completeItem)(item, itemPathOf(prev, index), run);
    };
    return completeItems({ values, path: prev, complete }, run);
  };
}

/** @throws {GraphQLError} for a value that is no list. */
function toArray(values: unknown, field: Field): readonly unknown[] {
  if (isArray(values)) return values;
  if (isIterable(values)) return Array.from(values);
  const coordinate = coordinateOf(field);
  throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinate}".`);
}

/** Compiles what notes the audited objects of a list at once, and completes them. */
function compileNotedItems(
  itemType: GraphQLOutputType,
  field: CompletedField,
  compileItem: CompilePlace,
) {
  const type = getNullableType(itemType);
  if (!isObjectType(type) || type.isTypeOf) return undefined;
  const select: CompletedField['select'] = (each) => {
    const { runNoted, noteObjects } = field.select(each);
    return { run: runNoted, runNoted, noteObjects };
  };
  return {
    complete: compileItem(itemType, Object.assign({}, field, { select })),
    note(items: readonly unknown[], path: Path, run: Run): readonly unknown[] | undefined {
      if (items.length === 0) return undefined;
      let selected: Selected;
      try {
        selected = field.select(type);
      } catch {
        return undefined; // A null condition, which is the error of each item.
      }
      return selected.noteObjects?.all(items, path, run);
    },
  };
}

function completeObject(type: GraphQLObjectType, field: CompletedField): Complete {
  const { nodes } = field;
  let selected: RunSelections | undefined;
  return (value, path, run) => {
    selected ??= field.select(type).run;
    const runSelected = selected;
    if (!type.isTypeOf) return runSelected(value, path, run);
    const conclude = (isOfType: boolean): unknown => {
      forgetAdmissions(field, run);
      if (isOfType) return runSelected(value, path, run);
      throw new GraphQLError(`A value is not of the type "${type}".`, { nodes });
    };
    const answer = type.isTypeOf(value, run.contextValue, createInfo(field, path, run));
    return whenKnown(answer, conclude, run);
  };
}

function completeAbstract(type: GraphQLAbstractType, field: CompletedField): Complete {
  const { nodes, scope } = field;
  const known = new Map<string, Complete>();

  function completionOf(name: string | undefined): Complete {
    const found = name === undefined ? undefined : scope.schema.getType(name);
    if (!isObjectType(found)) {
      throw new GraphQLError(`A value of "${type}" has no type.`, { nodes });
    }
    const complete = known.get(found.name) ?? completeObject(found, field);
    known.set(found.name, complete);
    return complete;
  }

  return (value, path, run) => {
    const conclude = (name: string | undefined): unknown => {
      forgetAdmissions(field, run);
      return completionOf(name)(value, path, run);
    };
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const info = createInfo(field, path, run);
    const name = resolveType(value, run.contextValue, info, type);
    return whenKnown(name, conclude, run);
  };
}

/** Concludes from what a function of the application has answered. */
function whenKnown<Answer>(
  answer: Answer | PromiseLike<Answer>,
  conclude: (answer: Answer) => unknown,
  run: Run,
): unknown {
  if (!isPromise(answer)) return conclude(answer);
  run.isPending = true;
  return answer.then(conclude);
}
