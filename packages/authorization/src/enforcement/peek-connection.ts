import type { GraphQLField, GraphQLNamedType } from 'graphql';
import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { CheckRow } from './check-rows.ts';
import type { MaybePromise } from './field-call.ts';
import { markHandled } from './mark-handled.ts';

/**
 * Checks the rows that can be read from a connection or an edge before its fields are resolved. Calls `onLazy` when a
 * function or an iterator has rows that cannot.
 */
export type Peek = (holder: unknown, check: CheckRow, onLazy: () => void) => MaybePromise<unknown>;

/** The fields of connections and edges that are read before they are resolved. */
const peekedFields: readonly string[] = ['edges', 'nodes', 'node'];

/** Whether a field of a connection or an edge is read by {@link Peek}: the default resolver would read it too. */
export const isPeeked = ({ name, resolve }: GraphQLField<unknown, unknown>): boolean =>
  peekedFields.includes(name) && (resolve ?? defaultFieldResolver) === defaultFieldResolver;

/**
 * Creates the check of a connection or an edge as its resolver returned it, so that a row that is not admitted takes
 * the whole connection with it, `totalCount` included.
 */
export function createPeek(
  type: GraphQLNamedType,
  isRow: (type: GraphQLNamedType) => boolean,
): Peek {
  const readsNode = isReadable(type, 'node', isRow);
  const readsNodes = isReadable(type, 'nodes', isRow);
  const readsEdges = isReadable(type, 'edges', (edge) => isReadable(edge, 'node', isRow));
  return (holder, check, onLazy) => {
    const { at, each } = createReaders(onLazy);
    return all([
      readsNode ? at(holder, 'node', check) : undefined,
      readsNodes ? at(holder, 'nodes', (nodes) => each(nodes, check)) : undefined,
      readsEdges
        ? at(holder, 'edges', (edges) => each(edges, (edge) => at(edge, 'node', check)))
        : undefined,
    ]);
  };
}

/** Whether the type has this field, with a fitting named type, and it can be read. */
function isReadable(
  type: GraphQLNamedType,
  name: string,
  fits: (type: GraphQLNamedType) => boolean,
): boolean {
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  return field !== undefined && isPeeked(field) && fits(getNamedType(field.type));
}

const createReaders = (onLazy: () => void) => ({
  /** Visits a property, unless it is a function, which the default resolver would call with arguments. */
  at(holder: unknown, name: string, visit: CheckRow): MaybePromise<unknown> {
    const value: unknown = Reflect.get(Object(holder), name);
    return typeof value === 'function' ? onLazy() : settled(value, visit);
  },

  /** Visits the items of an array. Other iterables can be read only once. */
  each: (list: unknown, visit: CheckRow): MaybePromise<unknown> =>
    Array.isArray(list) ? all(list.map((item) => settled(item, visit))) : onLazy(),
});

/** A rejection is left to the executor, which reports it at its path. */
function settled(value: unknown, visit: CheckRow): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (!isPromise(value)) return visit(value);
  return markHandled(Promise.resolve(value).then((late) => settled(late, visit), ignore));
}

const all = (checks: readonly unknown[]): MaybePromise<unknown> =>
  checks.some(isPromise) ? markHandled(Promise.all(checks)) : undefined;

const ignore = (): void => {};
