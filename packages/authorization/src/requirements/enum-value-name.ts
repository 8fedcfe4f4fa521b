import type { GraphQLEnumType } from 'graphql';

/**
 * Returns the name of an enum value by its internal value, or undefined. Compares like the `Map` of the executor, where
 * `NaN` equals itself. If several names share an internal value, the last one is returned.
 */
export const enumValueName = (type: GraphQLEnumType, internal: unknown): string | undefined =>
  type.getValues().findLast(({ value }) => value === internal || Object.is(value, internal))?.name;
