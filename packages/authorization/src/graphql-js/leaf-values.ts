import type { GraphQLLeafType } from 'graphql';

type Convert = (value: unknown) => unknown;

/** What executors call since graphql 17, where `serialize` and `parseValue` may be without effect. */
interface LaterFunctions {
  coerceOutputValue?: Convert;
  coerceInputValue?: Convert;
}

/** Returns the value of a scalar or enum that an input stands for. @throws what the type throws for one that it refuses */
export function parseLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const later: GraphQLLeafType & LaterFunctions = type;
  return later.coerceInputValue === undefined
    ? type.parseValue(value)
    : later.coerceInputValue(value);
}

/** Returns what executors write for a value of a scalar or enum. @throws what the type throws for one that it refuses */
export function writeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const later: GraphQLLeafType & LaterFunctions = type;
  return later.coerceOutputValue === undefined
    ? type.serialize(value)
    : later.coerceOutputValue(value);
}

/** Replaces the function by which executors write values of a scalar or enum. `wrap` gets the one so far. */
export function wrapSerialize(type: GraphQLLeafType, wrap: (serialize: Convert) => Convert): void {
  const later: GraphQLLeafType & LaterFunctions = type;
  const { coerceOutputValue } = later;
  type.serialize = wrap((coerceOutputValue ?? type.serialize).bind(type));
  if (coerceOutputValue !== undefined) later.coerceOutputValue = type.serialize;
}
