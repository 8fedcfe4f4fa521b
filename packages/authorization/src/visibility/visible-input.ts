import type { GraphQLInputType } from 'graphql';
import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';

/** An argument or an input field. */
export interface InputPosition {
  readonly type: GraphQLInputType;
  readonly defaultValue?: unknown;
}

/**
 * Whether a default needs something that is hidden: an enum value, or the member of a one-of. It cannot be
 * shown then; whoever may leave the argument out still may, so that it is shown as one that may be null.
 */
export function hasHiddenDefault(
  hidden: ReadonlySet<string>,
  { type, defaultValue }: InputPosition,
): boolean {
  return defaultValue !== undefined && holdsHiddenValue(hidden, type, defaultValue);
}

/** Whether a position is shown as one that must not be null. */
export const isShownNonNull = (hidden: ReadonlySet<string>, position: InputPosition): boolean =>
  isNonNullType(position.type) && !hasHiddenDefault(hidden, position);

/**
 * Fields of an input object that are hidden need no look, since nothing prints them; but a one-of without
 * its only member is no value.
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
  const given = new Map<string, unknown>(Object.entries(value));
  return Object.values(type.getFields()).some((field) => {
    const inside = given.get(field.name);
    return hidden.has(memberCoordinate(type.name, field.name))
      ? type.isOneOf && inside !== undefined
      : holdsHiddenValue(hidden, field.type, inside);
  });
}
