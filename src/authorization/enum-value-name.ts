import type { GraphQLEnumType } from 'graphql';

/**
 * The name that an internal value is sent under, as the executor finds it: by `SameValueZero`, to which
 * `NaN` equals itself, and the last one where several names share a value.
 */
export const enumValueName = (type: GraphQLEnumType, value: unknown): string | undefined =>
  type.getValues().findLast((each) => [each.value].includes(value))?.name;
