import type { GraphQLOutputType, GraphQLSchema } from 'graphql';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
} from 'graphql';

/** Data for any schema: every leaf is the coordinate at which it stands, every choice follows from it. */
export function createWorld(sdl: string): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) {
      const isLate = hash(type.name) % 2 === 0;
      type.resolveType = (value: unknown) =>
        isLate ? Promise.resolve(String(value)) : String(value);
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const isLate = hash(coordinate) % 3 === 0;
      field.resolve = () => {
        const value = isNullAt(coordinate) ? null : valueAt(schema, coordinate, field.type, 0);
        return isLate ? Promise.resolve(value) : value;
      };
    }
  }
  return schema;
}

function valueAt(
  schema: GraphQLSchema,
  coordinate: string,
  type: GraphQLOutputType,
  index: number,
): unknown {
  if (isListType(type)) {
    return [0, 1].map((item) => valueAt(schema, coordinate, type.ofType, index + item));
  }
  const named = getNamedType(type);
  if (isEnumType(named)) {
    return pick(
      coordinate,
      named.getValues().map(({ name }) => name),
      index,
    );
  }
  if (isObjectType(named)) return named.name;
  if (!isAbstractType(named)) return coordinate;
  return pick(
    coordinate,
    schema.getPossibleTypes(named).map(({ name }) => name),
    index,
  );
}

/** Chooses by coordinate, and another for each next item of a list. Order of options does not matter. */
export function pick(coordinate: string, options: readonly string[], index: number): string {
  const sorted = [...options].sort();
  const chosen = sorted[(hash(coordinate) + index) % sorted.length];
  if (chosen === undefined) throw new Error(`${coordinate} has nothing to choose from.`);
  return chosen;
}

export const isNullAt = (coordinate: string): boolean => hash(coordinate) % 11 === 0;

function hash(text: string): number {
  let value = 17;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return value;
}
