import type { FieldNode, GraphQLField, GraphQLLeafType, GraphQLOutputType } from 'graphql';
import {
  type GraphQLObjectType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  TypeNameMetaFieldDef,
} from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { createCollector } from '../plan/operation-walk.ts';
import type { Requirement } from '../requirements/requirement.ts';
import { isArray } from './list-items.ts';

/** Returned for every value that is left to the executor: one with an error, a promise or a function in it. */
export const notPlain = Symbol('not plain');

/** Completes a value as the executor does (GraphQL specification, 6.4.3), or returns {@link notPlain}. */
export type Complete = (value: unknown) => unknown;

/** The completion of one selection of a list, compiled. */
export interface ListCompletion {
  readonly complete: Complete;
  /** The requirements of its fields. The completion holds for viewers whose groups meet all of them. */
  readonly requirements: readonly Requirement[];
  /** Whether the schema still has the resolvers with which it was compiled. */
  readonly isCurrent: () => boolean;
}

/** A resolver that reads a property, for viewers whose groups meet the requirement. */
export interface PropertyReader {
  readonly requirement: Requirement;
  /** The property that it reads of objects that have it. Undefined: that of the field's name, of every object. */
  readonly property: string | undefined;
}

export type PropertyReaders = WeakMap<object, PropertyReader>;

/** What a selection is compiled with. */
export interface CompileInput {
  readonly collect: ReturnType<typeof createCollector>;
  readonly readers: PropertyReaders;
}

/**
 * Compiles the completion of a list of objects whose selected fields are all properties of these objects.
 *
 * Returns undefined for every other list: with fields that have a resolver, arguments, policies or guarded enum values,
 * and with types that are decided at run time.
 *
 * @throws {GraphQLError} for a null condition, as the executor does.
 */
export function compileList(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  { collect, readers }: CompileInput,
): ListCompletion | undefined {
  const requirements = new Set<Requirement>();
  const fields: [GraphQLField<unknown, unknown>, unknown][] = [];

  function compile(
    given: GraphQLOutputType,
    selecting: readonly FieldNode[],
  ): Complete | undefined {
    const isStrict = isNonNullType(given);
    const nullable = isStrict ? given.ofType : given;
    const whenNull = isStrict ? notPlain : null;
    if (isLeafType(nullable)) return completeLeaf(nullable, whenNull);
    if (isAbstractType(nullable)) return undefined;
    if (!isListType(nullable)) return compileObject(nullable, selecting, whenNull);
    const item = compile(nullable.ofType, selecting);
    return item && completeList(item, whenNull);
  }

  function compileObject(
    parent: GraphQLObjectType,
    selecting: readonly FieldNode[],
    whenNull: typeof notPlain | null,
  ): Complete | undefined {
    if (parent.isTypeOf) return undefined;
    const properties: Property[] = [];
    const sets = selecting.flatMap(({ selectionSet }) => selectionSet ?? []);
    for (const [key, inside] of collect(parent, sets)) {
      const property = compileField(parent, inside);
      if (property === undefined) return undefined;
      properties.push({ key, ...property });
    }
    return completeObject(properties, whenNull);
  }

  function compileField(
    parent: GraphQLObjectType,
    selecting: readonly [FieldNode, ...FieldNode[]],
  ): Omit<Property, 'key'> | undefined {
    const name = selecting[0].name.value;
    if (name === TypeNameMetaFieldDef.name) {
      return { name, isOwn: false, complete: () => parent.name };
    }
    const field = parent.getFields()[name];
    if (field === undefined || field.args.length > 0) return undefined;
    const { resolve } = field;
    const reader = resolve && readers.get(resolve);
    if (reader === undefined) return undefined;
    requirements.add(reader.requirement);
    fields.push([field, resolve]);
    const complete = compile(field.type, selecting);
    const { property } = reader;
    return complete && { name: property ?? name, isOwn: property !== undefined, complete };
  }

  const complete = compile(type, nodes);
  if (complete === undefined) return undefined;
  const isCurrent = () => fields.every(([field, resolve]) => field.resolve === resolve);
  return { complete, requirements: [...requirements], isCurrent };
}

type WhenNull = typeof notPlain | null;

function completeLeaf(type: GraphQLLeafType, whenNull: WhenNull): Complete {
  return (value) => {
    if (value === null || value === undefined) return whenNull;
    if (typeof value === 'function' || (typeof value === 'object' && !isPlain(value))) {
      return notPlain;
    }
    return type.serialize(value) ?? notPlain;
  };
}

function completeList(item: Complete, whenNull: WhenNull): Complete {
  return (value) => {
    if (value === null || value === undefined) return whenNull;
    if (!isArray(value) || !isPlain(value)) return notPlain;
    const completed: unknown[] = [];
    // The executor reads items that are added meanwhile, too.
    for (let index = 0; index < value.length; index += 1) {
      const each = item(value[index]);
      if (each === notPlain) return notPlain;
      completed.push(each);
    }
    return completed;
  };
}

/** One selected field that is a property of its object. */
interface Property {
  /** The key in the answer. */
  readonly key: string;
  readonly name: string;
  /** Whether objects without it have another value. */
  readonly isOwn: boolean;
  readonly complete: Complete;
}

function completeObject(properties: readonly Property[], whenNull: WhenNull): Complete {
  return (value) => {
    if (value === null || value === undefined) return whenNull;
    if (!isRecord(value) || !isPlain(value)) return notPlain;
    // Without a prototype, like the executor's. `Object.create(null)` is slower to fill and to write as JSON.
    const completed: Record<string, unknown> = Object.setPrototypeOf({}, null);
    for (const { key, name, isOwn, complete } of properties) {
      if (isOwn && !Object.hasOwn(value, name)) return notPlain;
      const each = complete(value[name]);
      if (each === notPlain) return notPlain;
      completed[key] = each;
    }
    return completed;
  };
}

/** Whether an object is a value itself. A promise that is left to the executor may be read once more by it. */
function isPlain(value: object): boolean {
  if (value instanceof Error) return false;
  if (!isPromise(value)) return true;
  // A getter returns another promise to the executor: nothing else handles the rejection of this one.
  if (value instanceof Promise) value.catch(ignore);
  return false;
}

const ignore = (): void => {};

const isRecord = (value: NonNullable<unknown>): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object';
