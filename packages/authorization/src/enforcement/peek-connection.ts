import type { GraphQLNamedType } from 'graphql';
import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { CheckRow } from './check-rows.ts';
import type { MaybePromise } from './field-call.ts';
import { markHandled } from './mark-handled.ts';

/** Checks the rows that can be read from a connection or an edge before its fields are resolved. */
export type Peek = (holder: unknown, check: CheckRow) => MaybePromise<unknown>;

/**
 * Creates the check of a connection or an edge as its resolver returned it, so that a row that is not admitted takes
 * the whole connection with it, `totalCount` included. It reads `nodes`, `edges` and `node` as the default resolvers
 * will. Rows that functions or other resolvers return are checked when they are resolved.
 */
export function createPeek(
  type: GraphQLNamedType,
  isRow: (type: GraphQLNamedType) => boolean,
): Peek {
  const readsNode = isReadable(type, 'node', isRow);
  const readsNodes = isReadable(type, 'nodes', isRow);
  const readsEdges = isReadable(type, 'edges', (edge) => isReadable(edge, 'node', isRow));
  return (holder, check) =>
    all([
      readsNode ? at(holder, 'node', check) : undefined,
      readsNodes ? at(holder, 'nodes', (nodes) => each(nodes, check)) : undefined,
      readsEdges
        ? at(holder, 'edges', (edges) => each(edges, (edge) => at(edge, 'node', check)))
        : undefined,
    ]);
}

/** Whether the type has this field, with a fitting named type, and the default resolver reads it. */
function isReadable(
  type: GraphQLNamedType,
  name: string,
  fits: (type: GraphQLNamedType) => boolean,
): boolean {
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  return (
    field !== undefined &&
    (field.resolve ?? defaultFieldResolver) === defaultFieldResolver &&
    fits(getNamedType(field.type))
  );
}

/** Visits a property, unless it is a function, which the default resolver would call with arguments. */
function at(holder: unknown, name: string, visit: CheckRow): MaybePromise<unknown> {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'function' ? undefined : settled(value, visit);
}

/** Other iterables can be read only once, and are checked when the field is resolved. */
const each = (list: unknown, visit: CheckRow): MaybePromise<unknown> =>
  Array.isArray(list) ? all(list.map((item) => settled(item, visit))) : undefined;

/** A rejection is left to the executor, which reports it at its path. */
function settled(value: unknown, visit: CheckRow): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return value;
  if (!isPromise(value)) return visit(value);
  return markHandled(Promise.resolve(value).then((late) => settled(late, visit), ignore));
}

const all = (checks: readonly unknown[]): MaybePromise<unknown> =>
  checks.some(isPromise) ? markHandled(Promise.all(checks)) : undefined;

const ignore = (): void => {};
