import type { GraphQLNamedType, GraphQLOutputType } from 'graphql';
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql';

/**
 * Returns the type of the items that a field of this type returns: those of a list, the nodes of a Relay connection,
 * or the type itself.
 */
export function listedType(type: GraphQLOutputType): GraphQLNamedType {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return named;
  const edges = fieldType(named, 'edges');
  if (edges === undefined || !isListType(getNullableType(edges))) return named;
  const node = fieldType(getNamedType(edges), 'node');
  return node === undefined ? named : getNamedType(node);
}

const fieldType = (type: GraphQLNamedType, name: string): GraphQLOutputType | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined;
