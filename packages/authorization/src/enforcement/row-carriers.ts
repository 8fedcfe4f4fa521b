import type { GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isAbstractType, isIntrospectionType, isObjectType } from 'graphql';
import { canNarrow } from '../decision/decision.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { rowShapeOf } from '../requirements/row-fields.ts';

/** The connection and edge types of narrowed fields by name, with the names of the object types of their rows. */
export type RowCarriers = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds the types through which narrowed fields deliver rows, other than as lists. */
export function findRowCarriers(schema: GraphQLSchema, requirements: Requirements): RowCarriers {
  const carriers = new Map<string, Set<string>>();
  const possible = (type: GraphQLNamedType | undefined) => possibleTypes(schema, type);

  function add(type: GraphQLObjectType, rows: readonly GraphQLObjectType[]): void {
    const known = carriers.get(type.name) ?? new Set<string>();
    for (const { name } of rows) known.add(name);
    carriers.set(type.name, known);
  }

  function addConnection(connection: GraphQLObjectType): void {
    const edges = possible(typeOf(connection, 'edges'));
    for (const edge of edges) add(edge, possible(typeOf(edge, 'node')));
    const ofEdges = edges.flatMap((edge) => possible(typeOf(edge, 'node')));
    add(connection, [...possible(typeOf(connection, 'nodes')), ...ofEdges]);
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!canNarrow(requirements.at(memberCoordinate(type.name, field.name)))) continue;
      if (rowShapeOf(field.type) === 'connection') {
        possible(getNamedType(field.type)).forEach(addConnection);
      }
    }
  }
  return carriers;
}

const typeOf = (type: GraphQLObjectType, name: string): GraphQLNamedType | undefined => {
  const field = type.getFields()[name];
  return field && getNamedType(field.type);
};

/** Returns the object types that a value of this type can have. */
export function possibleTypes(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}
