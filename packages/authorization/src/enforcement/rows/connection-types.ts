import { type GraphQLSchema, getNamedType } from 'graphql';
import { groupBy } from '../../decision/group-by.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  objectTypesOf,
} from '../../requirements/row-fields.ts';
import { objectFieldsOf, rootTypesOf } from '../../requirements/schema-types.ts';

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
  const fields = objectFieldsOf(schema).map(({ type: { name: parent }, coordinate, field }) => {
    const { type } = field;
    const connections = narrowedConnectionsOf(schema, requirements, { coordinate, type });
    const narrows = connections.length > 0 || requirements.rowsAt(coordinate).length > 0;
    return { parent, type, connections, narrows };
  });
  const byParent = groupBy(fields, ({ parent }) => parent);
  const below = (name: string, isOpen = false): readonly string[] =>
    (byParent.get(name) ?? [])
      .filter(({ narrows }) => !isOpen || !narrows)
      .flatMap(({ type }) => [...objectTypesOf(schema, getNamedType(type).name)]);

  const rowsByType = new Map<string, ReadonlySet<string>>();
  for (const { type, connections } of fields.filter((each) => each.connections.length > 0)) {
    const rows = connectionRowsOf(schema, type);
    const inside = new Set(connections.map(({ name }) => name));
    for (const each of inside) {
      rowsByType.set(each, new Set([...(rowsByType.get(each) ?? []), ...rows]));
      for (const name of below(each)) if (!rows.has(name)) inside.add(name);
    }
  }
  const open = new Set(rootTypesOf(schema).map(({ name }) => name));
  for (const each of open) for (const name of below(each, true)) open.add(name);
  return new Map(
    [...rowsByType].map(([name, rows]) => [name, { rows, isOpen: open.has(name) }] as const),
  );
}
