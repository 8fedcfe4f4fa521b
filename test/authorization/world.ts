import type {
  GraphQLNamedType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNullableType,
  isObjectType,
  isScalarType,
} from 'graphql';

/** What stands at each coordinate of one schema. Everything follows from the coordinate and a number. */
export interface Data {
  isNullAt(coordinate: string): boolean;
  /** The indices of a list's items. */
  itemsAt(coordinate: string): readonly number[];
  /** Chooses by coordinate, and another for each next item of a list. Order of options does not matter. */
  pick(coordinate: string, options: readonly string[], index: number): string;
  /** One of so many ways of doing the same. */
  wayAt(coordinate: string, ways: number): number;
}

/** The first line of a schema says which of all possible data it has: `# data 7`. */
export function createData(sdl: string): Data {
  const number = /^# data (\d+)/.exec(sdl)?.[1] ?? '0';
  const hash = (text: string): number => {
    let value = 17;
    for (const character of `${number} ${text}`) {
      value = (value * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
    }
    return value;
  };
  return {
    isNullAt: (coordinate) => hash(coordinate) % 11 === 0,
    itemsAt: (coordinate) => {
      const kind = hash(`${coordinate} items`) % 7;
      if (kind === 0) return [];
      // Long enough for what is remembered from item to item.
      return Array.from(
        { length: kind === 1 && coordinate.startsWith('Query.') ? 18 : 2 },
        (_, at) => at,
      );
    },
    pick: (coordinate, options, index) => {
      const chosen = [...options].sort()[(hash(coordinate) + index) % options.length];
      if (chosen === undefined) throw new Error(`${coordinate} has nothing to choose from.`);
      return chosen;
    },
    wayAt: (coordinate, ways) => hash(`${coordinate} way`) % ways,
  };
}

/** Returns which rows a list of objects may have; undefined: all. */
type SelectRows = (info: GraphQLResolveInfo) => ((row: object) => boolean) | undefined;

/** A schema of which every leaf is the coordinate at which it stands. Every list of objects asks for its rows. */
export function createWorld(sdl: string, selectRows: SelectRows = () => undefined): GraphQLSchema {
  const schema = buildSchema(sdl);
  const data = createData(sdl);
  const sources = new Map<string, object>();

  /** Below the root, a field is a property of its source, or a method, or has a resolver. */
  function sourceOf(name: string): object {
    const known = sources.get(name);
    if (known !== undefined) return known;
    const source = { __typename: name };
    sources.set(name, source);
    const type = schema.getType(name);
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    for (const field of fields) {
      if (field.resolve !== undefined) continue;
      const coordinate = `${name}.${field.name}`;
      const value = () => valueAt(coordinate, field.type);
      const property = data.wayAt(coordinate, 2) === 0 ? { get: value } : { value };
      Object.defineProperty(source, field.name, property);
    }
    return source;
  }

  function valueAt(
    coordinate: string,
    type: GraphQLOutputType,
    isRow?: (row: object) => boolean,
  ): unknown {
    const isNull = data.isNullAt(coordinate) && isNullableType(type);
    const value = isNull ? null : onlyRows(itemAt(coordinate, type, 0), isRow);
    return data.wayAt(coordinate, 3) === 0 ? Promise.resolve(value) : value;
  }

  function itemAt(coordinate: string, given: GraphQLOutputType, index: number): unknown {
    const type = getNullableType(given);
    if (isListType(type)) {
      return data.itemsAt(coordinate).map((item) => itemAt(coordinate, type.ofType, index + item));
    }
    const named = getNamedType(type);
    if (isEnumType(named)) return data.pick(coordinate, namesOf(named.getValues()), index);
    if (isObjectType(named)) return sourceOf(named.name);
    if (!isAbstractType(named)) return coordinate;
    return sourceOf(data.pick(coordinate, namesOf(schema.getPossibleTypes(named)), index));
  }

  const roots: readonly unknown[] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  const day = schema.getType('D0');
  if (isScalarType(day)) day.parseValue = (value) => new Date(Number(value));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) resolveType(type, data.wayAt(type.name, 3));
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const isProperty = !roots.includes(type) && data.wayAt(`${coordinate} resolver`, 2) === 0;
      if (isProperty && !isListOfObjects(field.type)) continue;
      field.resolve = (_source, _args, _context, info) =>
        valueAt(coordinate, field.type, selectRows(info));
      if (type === schema.getSubscriptionType()) field.subscribe = openStream;
    }
  }
  return schema;
}

const isListOfObjects = (type: GraphQLOutputType): boolean =>
  isListType(getNullableType(type)) && isCompositeType(getNamedType(type));

/** Leaves the rows out of a list, and of the lists in it, that are not selected. */
function onlyRows(value: unknown, isRow: ((row: object) => boolean) | undefined): unknown {
  if (isRow === undefined || !Array.isArray(value)) return value;
  return value
    .filter((item) => Array.isArray(item) || isRow(item))
    .map((item) => onlyRows(item, isRow));
}

/** How many events a subscription has. */
export const eventCount = 2;

async function* openStream() {
  for (let event = 0; event < eventCount; event += 1) yield { event };
}

/** Otherwise graphql-js reads `__typename` directly. */
function resolveType(
  type: Extract<GraphQLNamedType, { resolveType?: unknown }>,
  way: number,
): void {
  if (way === 0) type.resolveType = ({ __typename }) => __typename;
  if (way === 1) type.resolveType = ({ __typename }) => Promise.resolve(__typename);
}

const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
