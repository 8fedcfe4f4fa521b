import type { GraphQLInputType } from 'graphql';
import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { defaultOf, type InputPosition } from '../graphql-js/defaults.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';

/**
 * Whether a default contains something hidden: an enum value, or the field of a `@oneOf` type. Such a default is not
 * shown, and the position is shown as nullable, since it can still be omitted.
 */
export function hasHiddenDefault(hidden: ReadonlySet<string>, position: InputPosition): boolean {
  return holdsHiddenValue(hidden, position.type, defaultOf(position));
}

/** Whether a position is shown as non-null. */
export const isShownNonNull = (hidden: ReadonlySet<string>, position: InputPosition): boolean =>
  isNonNullType(position.type) && !hasHiddenDefault(hidden, position);

/**
 * Ignores hidden fields of an input object, which are not printed. For a `@oneOf` type a hidden field counts, because
 * the value is not valid without it.
 */
function holdsHiddenValue(
  hidden: ReadonlySet<string>,
  givenType: GraphQLInputType,
  value: unknown,
): boolean {
  const type = getNullableType(givenType);
  if (value === null || value === undefined) return false;
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.some((item) => holdsHiddenValue(hidden, type.ofType, item));
  }
  if (isEnumType(type)) {
    return type
      .getValues()
      .some((each) => each.value === value && hidden.has(memberCoordinate(type.name, each.name)));
  }
  if (!isInputObjectType(type)) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.values(type.getFields()).some((field) => {
    const inside = fields.get(field.name);
    return hidden.has(memberCoordinate(type.name, field.name))
      ? type.isOneOf && inside !== undefined
      : holdsHiddenValue(hidden, field.type, inside);
  });
}
