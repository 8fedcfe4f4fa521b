import type { GraphQLLeafType } from 'graphql';

/** The guards of a type throw errors of their own for values that it does not accept: see `guardTypeValues`. */
export function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized !== null && serialized !== undefined) return serialized;
  throw new Error(`${type} cannot represent a value.`);
}
