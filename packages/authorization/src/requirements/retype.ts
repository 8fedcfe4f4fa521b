import type {
  GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLType,
} from 'graphql';
import {
  assertInputType,
  assertInterfaceType,
  assertNamedType,
  assertObjectType,
  assertOutputType,
  GraphQLList,
  GraphQLNonNull,
  getNullableType,
  isListType,
  isNonNullType,
} from 'graphql';

/** Finds the type of the same name in a schema that is being rebuilt, with the same list and non-null wrappers. */
export interface Retype {
  input(type: GraphQLInputType): GraphQLInputType;
  output(type: GraphQLOutputType): GraphQLOutputType;
  interface(type: GraphQLNamedType): GraphQLInterfaceType;
  object(type: GraphQLNamedType): GraphQLObjectType;
}

/** @throws {Error} from each function, when the rebuilt schema has no type of this name and kind. */
export function createRetype(typeNamed: (name: string) => GraphQLNamedType | undefined): Retype {
  function retype(type: GraphQLType): GraphQLType {
    if (isNonNullType(type)) return new GraphQLNonNull(getNullableType(retype(type.ofType)));
    if (isListType(type)) return new GraphQLList(retype(type.ofType));
    return assertNamedType(typeNamed(type.name));
  }
  return {
    input: (type) => assertInputType(retype(type)),
    output: (type) => assertOutputType(retype(type)),
    interface: ({ name }) => assertInterfaceType(typeNamed(name)),
    object: ({ name }) => assertObjectType(typeNamed(name)),
  };
}
