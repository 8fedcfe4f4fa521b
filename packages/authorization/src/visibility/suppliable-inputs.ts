import type { GraphQLInputObjectType, GraphQLInputType, GraphQLSchema } from 'graphql';
import { getNullableType, isEnumType, isInputObjectType, isRequiredInputField } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { findUntilStable } from '../requirements/schema-types.ts';

/** Whether a viewer may reach a coordinate. */
export type MayReach = (coordinate: string) => boolean;

/** The input that a viewer may supply. */
export interface Supply {
  readonly mayReach: MayReach;
  /** The names of the input object types for which the viewer may supply a value. */
  readonly inputs: ReadonlySet<string>;
}

/** Whether a viewer may supply a value that is not null. For lists this is the empty list. */
export function hasSuppliable(declared: GraphQLInputType, { mayReach, inputs }: Supply): boolean {
  const type = getNullableType(declared);
  if (isEnumType(type)) {
    return type.getValues().some(({ name }) => mayReach(memberCoordinate(type.name, name)));
  }
  return !isInputObjectType(type) || inputs.has(type.name);
}

/**
 * Returns the names of the input object types for which a viewer may supply a value. A type that requires itself, directly
 * or in a cycle, has no value.
 */
export const suppliableInputs = (schema: GraphQLSchema, mayReach: MayReach): ReadonlySet<string> =>
  findUntilStable(
    Object.values(schema.getTypeMap()).filter(isInputObjectType),
    (type, inputs) => inputs.has(type.name) || hasMembers(type, { mayReach, inputs }),
  );

/** Whether a viewer may supply the required fields of an input object, or one field of a `@oneOf` type. */
function hasMembers(type: GraphQLInputObjectType, supply: Supply): boolean {
  const fields = Object.values(type.getFields());
  const isSuppliable = (field: (typeof fields)[number]): boolean =>
    supply.mayReach(memberCoordinate(type.name, field.name)) && hasSuppliable(field.type, supply);
  return type.isOneOf
    ? fields.some(isSuppliable)
    : fields.filter(isRequiredInputField).every(isSuppliable);
}

/** Returns the names of the `@oneOf` types, and of those that need them, of which no value ends without what is hidden. */
export type FindEndless = (hidden: ReadonlySet<string>) => readonly string[];

/** Only `@oneOf` types can become so: any other type needs the same fields for all viewers. */
export function createFindEndless(schema: GraphQLSchema): FindEndless {
  const types = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  if (!types.some(({ isOneOf }) => isOneOf)) return () => [];
  return (hidden) => {
    const inputs = suppliableInputs(schema, (coordinate) => !hidden.has(coordinate));
    return types.map(({ name }) => name).filter((name) => !inputs.has(name) && !hidden.has(name));
  };
}
