import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isIntrospectionType, isObjectType } from 'graphql';
import { memberCoordinate } from './coordinate.ts';

/** Returns the types of queries, mutations and subscriptions that a schema has. */
export const rootTypesOf = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    isObjectType,
  );

/** A field of an object type. */
interface ObjectField {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly coordinate: string;
}

/** Returns the fields of all object types, in schema order. */
export const objectFieldsOf = (schema: GraphQLSchema): readonly ObjectField[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => {
        return { type, field, coordinate: memberCoordinate(type.name, field.name) };
      }),
    );

/** Finds the names of types that belong together, until none is added: types can refer to each other in circles. */
export function findUntilStable<Type extends { readonly name: string }>(
  types: readonly Type[],
  belongs: (type: Type, found: ReadonlySet<string>) => boolean,
  first: Iterable<string> = [],
): ReadonlySet<string> {
  const found = new Set(first);
  let size: number;
  do {
    size = found.size;
    for (const type of types) if (belongs(type, found)) found.add(type.name);
  } while (found.size > size);
  return found;
}

/** Returns the names of these types, and of the input types that hold a value of them, or a marked field, at any depth. */
export const withHolders = (
  schema: GraphQLSchema,
  typeNames: Iterable<string>,
  isMarked: (coordinate: string) => boolean,
): ReadonlySet<string> =>
  findUntilStable(
    Object.values(schema.getTypeMap()).filter(isInputObjectType),
    (type, found) =>
      Object.values(type.getFields()).some(
        (field) =>
          isMarked(memberCoordinate(type.name, field.name)) ||
          found.has(getNamedType(field.type).name),
      ),
    typeNames,
  );
