import type { GraphQLInterfaceType, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/**
 * The types whose guards an operation can meet: those that fields return and arguments take, starting
 * from the root types, their members, and the interfaces that they inherit from with the unions that
 * those return. An interface that no field returns leads to no other type that implements it.
 */
export function reachableTypes(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const selected = new Set<GraphQLNamedType>();
  const waiting: GraphQLNamedType[] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].filter((type) => type !== null && type !== undefined);
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

/** What guards a union holds where an implementation returns a member in its place. */
const returnedUnions = (type: GraphQLInterfaceType): readonly GraphQLNamedType[] =>
  Object.values(type.getFields())
    .map((field) => getNamedType(field.type))
    .filter(isUnionType);

/** The same, by name: for one copy of a schema asked about another. */
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
