import type { GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNamedType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { objectTypesOf, overlaps, possibleTypes } from '../../requirements/row-fields.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { allArrived, whenArrived } from '../calls/promises.ts';
import { isArray, listDepth } from '../values/list-items.ts';
import type { CheckRow } from './check-items.ts';

/** Checks the rows that an object has when it is returned. They are not selected in every operation. */
type CheckProperties = (holder: unknown, check: CheckRow) => MaybePromise<unknown>;

/** The types of connections that a field returns, and of their rows. */
interface ReturnedConnections {
  readonly connections: ReadonlySet<string>;
  readonly rowTypes: ReadonlySet<string>;
}

/** A property that the default resolver reads, with rows or with objects that have rows. */
interface Property {
  readonly name: string;
  readonly type: GraphQLNamedType;
  readonly depth: number;
  /** Checks the rows inside its objects. Undefined: these are the rows. */
  readonly inside: CheckProperties | undefined;
}

/**
 * Compiles the checks of the rows that connections have when they are returned, by the names of the connections: their own
 * properties, those of the objects in them, such as edges, and their promises. Functions, getters and other thenables make
 * rows later, and other iterables than arrays can be read only once.
 *
 * @param schema the unguarded one, whose resolvers are not wrapped.
 */
export function compileConnections(
  schema: GraphQLSchema,
  { connections, rowTypes }: ReturnedConnections,
): ReadonlyMap<string, CheckProperties> {
  function propertiesOf(
    holder: GraphQLNamedType | undefined,
    read: (type: GraphQLNamedType) => readonly Property[],
  ): readonly Property[] {
    const properties: Property[] = [];
    for (const field of fieldsReadByDefault(possibleTypes(schema, holder))) {
      const type = getNamedType(field.type);
      const isRow = overlaps(rowTypes, objectTypesOf(schema, type.name));
      const inside = isRow ? undefined : read(type);
      if (inside?.length === 0) continue;
      properties.push({
        name: field.name,
        type,
        depth: listDepth(field.type),
        inside: inside && checkProperties(inside),
      });
    }
    return properties;
  }

  return new Map(
    [...connections].map((name) => {
      const properties = propertiesOf(schema.getType(name), (inside) =>
        propertiesOf(inside, () => []),
      );
      return [name, checkProperties(properties)];
    }),
  );
}

/** Returns the fields that are properties of their objects, whichever of these types an object has. */
function fieldsReadByDefault(types: readonly GraphQLObjectType[]) {
  const fields = types.flatMap((type) => Object.values(type.getFields()));
  const isResolved = ({ resolve = defaultFieldResolver }) => resolve !== defaultFieldResolver;
  const resolved = new Set(fields.filter(isResolved).map(({ name }) => name));
  return fields.filter(({ name }) => !resolved.has(name));
}

const checkProperties =
  (properties: readonly Property[]): CheckProperties =>
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
