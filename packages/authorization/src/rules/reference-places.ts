import {
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { GuardedSchema } from './compile-rules.ts';

/** An argument, or a field of one, whose ids name rows by `@references`. */
export interface ReferencePlace {
  /** The path from the argument to the id: `id`, `input.into`. */
  readonly argument: string;
  /** The type of the rows. */
  readonly typeName: string;
  readonly isList: boolean;
  /** Whether a client can leave it out. */
  readonly isOptional: boolean;
}

/**
 * Returns the places of ids in the arguments of each mutation field that has any, by coordinate. Those in lists of input
 * objects are left out: their paths have indices.
 */
export function findReferencePlaces({
  schema,
  requirements: { references },
}: GuardedSchema): ReadonlyMap<string, readonly ReferencePlace[]> {
  function placesIn(
    coordinate: string,
    type: GraphQLInputType,
    { argument, isOptional }: Pick<ReferencePlace, 'argument' | 'isOptional'>,
    seen: readonly string[] = [],
  ): readonly ReferencePlace[] {
    const own = references.at(coordinate, type);
    const nullable = getNullableType(type);
    const optional = isOptional || !isNonNullType(type);
    if (own !== undefined) {
      const { typeName } = own;
      return [{ argument, typeName, isList: isListType(nullable), isOptional: optional }];
    }
    if (!isInputObjectType(nullable) || seen.includes(nullable.name)) return [];
    return Object.values(nullable.getFields()).flatMap((field) =>
      placesIn(
        memberCoordinate(nullable.name, field.name),
        field.type,
        { argument: `${argument}.${field.name}`, isOptional: optional },
        [...seen, nullable.name],
      ),
    );
  }

  const mutation = schema.getMutationType();
  const fields = Object.values(mutation?.getFields() ?? {}).map((field) => {
    const coordinate = memberCoordinate(mutation?.name ?? '', field.name);
    const places = field.args.flatMap(({ name, type }) =>
      placesIn(argumentCoordinate(coordinate, name), type, { argument: name, isOptional: false }),
    );
    return [coordinate, places] as const;
  });
  return new Map(fields.filter(([, places]) => places.length > 0));
}
