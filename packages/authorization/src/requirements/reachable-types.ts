import type { GraphQLInterfaceType, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { rootTypesOf } from './schema-types.ts';

/**
 * Returns the types whose guards can apply to an operation: the types of all fields and arguments from the root types
 * on, the possible types of abstract ones, the interfaces that these implement, and the unions that these interfaces
 * return. An interface that no field returns does not make its other implementations reachable.
 */
function reachableTypes(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const selected = new Set<GraphQLNamedType>();
  const waiting: GraphQLNamedType[] = [...rootTypesOf(schema)];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (selected.has(type)) continue;
    selected.add(type);
    waiting.push(...neighbours(schema, type));
  }
  const inherited = [...selected].flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [],
  );
  return new Set([...selected, ...inherited, ...[...new Set(inherited)].flatMap(returnedUnions)]);
}

/** The guards of a union also apply where an implementation returns one of its members instead. */
const returnedUnions = (type: GraphQLInterfaceType): readonly GraphQLNamedType[] =>
  Object.values(type.getFields())
    .map((field) => getNamedType(field.type))
    .filter(isUnionType);

/** Returns the names of {@link reachableTypes}, to compare with another copy of the schema. */
export const reachableTypeNames = (schema: GraphQLSchema): ReadonlySet<string> =>
  new Set([...reachableTypes(schema)].map(({ name }) => name));

function neighbours(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => getNamedType(field.type));
  }
  const found: GraphQLNamedType[] = isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      found.push(getNamedType(field.type));
      for (const arg of field.args) found.push(getNamedType(arg.type));
    }
  }
  return found;
}
