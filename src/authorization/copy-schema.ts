import { rewireTypes } from '@graphql-tools/utils';
import type { GraphQLObjectType } from 'graphql';
import { GraphQLSchema, isObjectType } from 'graphql';

/**
 * Copies a schema with all its types, so that the copy can be changed. (`mapSchema` without mappers does
 * the same, and copies every type five times over.)
 */
export function copySchema(schema: GraphQLSchema): GraphQLSchema {
  const { typeMap, directives } = rewireTypes(schema.getTypeMap(), schema.getDirectives());
  const copyOf = (root: GraphQLObjectType | null | undefined): GraphQLObjectType | null => {
    const copy = root && typeMap[root.name];
    return isObjectType(copy) ? copy : null;
  };
  return new GraphQLSchema({
    ...schema.toConfig(),
    query: copyOf(schema.getQueryType()),
    mutation: copyOf(schema.getMutationType()),
    subscription: copyOf(schema.getSubscriptionType()),
    types: Object.values(typeMap),
    directives,
  });
}
