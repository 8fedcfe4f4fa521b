import type { GraphQLEnumType } from 'graphql';

/**
 * Finds the name of an enum value by its internal value, or undefined. Compares as the executor's own map
 * does, by which `NaN` is itself; where several names share an internal value, the last one counts.
 */
export const enumValueName = (type: GraphQLEnumType, internal: unknown): string | undefined =>
  type.getValues().findLast(({ value }) => value === internal || Object.is(value, internal))?.name;
