import type { GraphQLInputObjectType, GraphQLInputType, GraphQLSchema } from 'graphql';
import { getNullableType, isEnumType, isInputObjectType, isRequiredInputField } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';

/** Whether a viewer may reach a coordinate. */
export type MayReach = (coordinate: string) => boolean;

/** The input that a viewer may supply. */
export interface Supply {
  readonly mayReach: MayReach;
  /** The input object types for which the viewer may supply a value. */
  readonly inputs: ReadonlySet<GraphQLInputObjectType>;
}

/** Whether a viewer may supply a value that is not null. For lists this is the empty list. */
export function hasSuppliable(declared: GraphQLInputType, { mayReach, inputs }: Supply): boolean {
  const type = getNullableType(declared);
  if (isEnumType(type)) {
    return type.getValues().some(({ name }) => mayReach(memberCoordinate(type.name, name)));
  }
  return !isInputObjectType(type) || inputs.has(type);
}

/**
 * Returns the input object types for which a viewer may supply a value. The set grows until it is stable: a type that
 * requires itself, directly or in a cycle, has no value.
 */
export function suppliableInputs(
  schema: GraphQLSchema,
  mayReach: MayReach,
): ReadonlySet<GraphQLInputObjectType> {
  const types = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const inputs = new Set<GraphQLInputObjectType>();
  let size: number;
  do {
    size = inputs.size;
    for (const type of types) {
      if (!inputs.has(type) && hasMembers(type, { mayReach, inputs })) inputs.add(type);
    }
  } while (inputs.size > size);
  return inputs;
}

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
    return types
      .filter((type) => !inputs.has(type) && !hidden.has(type.name))
      .map(({ name }) => name);
  };
}
