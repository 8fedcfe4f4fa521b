import type { GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNamedType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { possibleTypes } from '../../requirements/row-fields.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { allArrived, whenArrived } from '../calls/promises.ts';
import { isArray, listDepth } from '../values/list-items.ts';
import type { CheckRow } from './check-rows.ts';

/** Checks the rows that an object has when it is returned. They are not selected in every operation. */
export type CheckPropertyRows = (holder: unknown, check: CheckRow) => MaybePromise<unknown>;

/** A property that the default resolver reads, with rows or with objects that have rows. */
interface Property {
  readonly name: string;
  readonly type: GraphQLNamedType;
  readonly depth: number;
  /** Checks the rows inside its objects. Undefined: these are the rows. */
  readonly inside: CheckPropertyRows | undefined;
}

/**
 * Creates the check of the rows that a connection has when it is returned: its own properties, those of the objects in
 * them, such as edges, and their promises. Functions, getters and other thenables make rows later, and other iterables
 * than arrays can be read only once.
 */
export function createCheckPropertyRows(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  isRow: (type: GraphQLNamedType) => boolean,
): CheckPropertyRows {
  return checkProperties(propertiesOf(type, (inside) => propertiesOf(inside, () => [])));

  function propertiesOf(
    holder: GraphQLNamedType | undefined,
    read: (type: GraphQLNamedType) => readonly Property[],
  ): readonly Property[] {
    const properties: Property[] = [];
    for (const field of fieldsReadByDefault(possibleTypes(schema, holder))) {
      const named = getNamedType(field.type);
      const found = { name: field.name, type: named, depth: listDepth(field.type) };
      const inside = isRow(named) ? undefined : read(named);
      if (inside === undefined) properties.push({ ...found, inside });
      else if (inside.length > 0) properties.push({ ...found, inside: checkProperties(inside) });
    }
    return properties;
  }
}

/** Returns the fields that are properties of their objects, whichever of these types an object has. */
function fieldsReadByDefault(types: readonly GraphQLObjectType[]) {
  const fields = types.flatMap((type) => Object.values(type.getFields()));
  const resolved = new Set<string>();
  for (const { name, resolve = defaultFieldResolver } of fields) {
    if (resolve !== defaultFieldResolver) resolved.add(name);
  }
  return fields.filter(({ name }) => !resolved.has(name));
}

const checkProperties =
  (properties: readonly Property[]): CheckPropertyRows =>
  (holder, check) =>
    allArrived(
      properties.map(({ name, type, depth, inside }) => {
        const value: unknown = Object.getOwnPropertyDescriptor(Object(holder), name)?.value;
        if (typeof value === 'function') return undefined;
        return visit(
          value,
          depth,
          inside === undefined ? (row) => check(row, type) : (each) => inside(each, check),
        );
      }),
    );

/** Visits what is in lists of this depth. A rejection is left to the executor, which reports it at its path. */
function visit(
  value: unknown,
  depth: number,
  check: (item: unknown) => MaybePromise<unknown>,
): MaybePromise<unknown> {
  if (value === null || value === undefined || value instanceof Error) return undefined;
  if (value instanceof Promise) {
    return whenArrived(value, (late) => visit(late, depth, check), ignore);
  }
  if (isPromise(value)) return undefined;
  if (depth === 0) return check(value);
  return isArray(value)
    ? allArrived(value.map((item) => visit(item, depth - 1, check)))
    : undefined;
}

const ignore = (): void => {};
