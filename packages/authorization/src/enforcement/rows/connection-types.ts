import type { GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { getNamedType, isIntrospectionType, isObjectType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  possibleTypes,
} from '../../requirements/row-fields.ts';

/** An object type through which narrowed connections deliver rows: a connection, an edge, or any other one between. */
interface ConnectionType {
  /** The names of the object types of these rows. */
  readonly rows: ReadonlySet<string>;
  /** Whether an operation can also reach it without a field that can be narrowed. */
  readonly isOpen: boolean;
}

/** The object types of narrowed connections, by name. */
export type ConnectionTypes = ReadonlyMap<string, ConnectionType>;

export function findConnectionTypes(
  schema: GraphQLSchema,
  requirements: Requirements,
): ConnectionTypes {
  const rowsByType = new Map<string, Set<string>>();
  const fieldsOf = (type: GraphQLObjectType) =>
    Object.values(type.getFields()).map((field) => {
      const coordinate = memberCoordinate(type.name, field.name);
      const connections = narrowedConnectionsOf(schema, requirements, {
        coordinate,
        type: field.type,
      });
      return {
        types: possibleTypes(schema, getNamedType(field.type)),
        type: field.type,
        connections,
        narrows: connections.length > 0 || requirements.rowsAt(coordinate).length > 0,
      };
    });

  function addConnections(
    type: GraphQLOutputType,
    connections: readonly GraphQLObjectType[],
  ): void {
    const rows = connectionRowsOf(schema, type);
    const below = new Set(connections);
    for (const each of below) {
      rowsByType.set(each.name, new Set([...(rowsByType.get(each.name) ?? []), ...rows]));
      for (const inside of fieldsOf(each).flatMap(({ types }) => types)) {
        if (!rows.has(inside.name)) below.add(inside);
      }
    }
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of fieldsOf(type)) addConnections(field.type, field.connections);
  }
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const open = new Set(roots.filter(isObjectType));
  for (const type of open) {
    for (const { types, narrows } of fieldsOf(type)) {
      if (!narrows) for (const each of types) open.add(each);
    }
  }
  const openNames = new Set([...open].map(({ name }) => name));
  return new Map(
    [...rowsByType].map(([name, rows]) => [name, { rows, isOpen: openNames.has(name) }] as const),
  );
}
