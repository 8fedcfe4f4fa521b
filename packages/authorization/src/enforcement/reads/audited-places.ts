import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { getOrAdd } from '../../decision/get-or-add.ts';
import type { Audited, AuditedCoordinate } from '../../requirements/audited.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { possibleTypes } from '../../requirements/row-fields.ts';
import { findUntilStable, rootTypesOf } from '../../requirements/schema-types.ts';

/** A coordinate with `@audited` in one object type: of the type itself, or of a field. */
export interface AuditedPlace extends AuditedCoordinate {
  readonly typeName: string;
  /** Whether the coordinate is that of the type. */
  readonly isType: boolean;
}

/** Returns the id of an object. @throws {Error} when it has none that can be recorded. */
export type ReadId = (object: unknown) => string;

/** What is noted when a field is read. */
export interface NotedField {
  readonly places: readonly AuditedPlace[];
  /** Whether the object of the field is the nearest one with an id for audited objects below it. */
  readonly carries: boolean;
}

/** The audited coordinates of one schema, where they are read. */
export interface AuditedPlaces {
  readonly exist: boolean;
  /** Returns what is noted when a field of an object type is read. Undefined: nothing. */
  ofField(typeName: string, fieldName: string): NotedField | undefined;
  /** Returns the function that reads the id of an object of a type. Undefined: the type has no field `id`. */
  idOf(typeName: string): ReadId | undefined;
}

/** Finds what is noted at each field of a schema. `readIdOf` compiles the read of the ids of a type. */
export function findAuditedPlaces(
  schema: GraphQLSchema,
  audited: Audited,
  readIdOf: (type: GraphQLObjectType) => ReadId,
): AuditedPlaces {
  const exist = audited.coordinates.length > 0;
  const noted = new Map<string, Map<string, NotedField>>();
  const ids = new Map<string, ReadId>();
  if (!exist) return { exist, ofField: () => undefined, idOf: () => undefined };
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  for (const type of types) {
    if (hasId(schema, type)) ids.set(type.name, readIdOf(type));
  }
  const isCarried = findCarried(schema, audited, (type) => ids.has(type.name));
  for (const type of types) {
    const ofType = audited.at(type.name);
    const { name: typeName } = type;
    for (const { name, type: returned } of Object.values(type.getFields())) {
      const ofField = audited.at(memberCoordinate(typeName, name));
      const places = [
        ...(ofField === undefined ? [] : [{ ...ofField, typeName, isType: false }]),
        ...(ofType === undefined ? [] : [{ ...ofType, typeName, isType: true }]),
      ];
      const carries =
        ids.has(typeName) && possibleTypes(schema, getNamedType(returned)).some(isCarried);
      if (places.length > 0 || carries) getOrAdd(noted, typeName).set(name, { places, carries });
    }
  }
  return {
    exist,
    ofField: (typeName, fieldName) => noted.get(typeName)?.get(fieldName),
    idOf: (typeName) => ids.get(typeName),
  };
}

/** Whether objects of a type have an id: a field `id` with a leaf. A root type has none. */
function hasId(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  const { id } = type.getFields();
  return (
    id !== undefined && isLeafType(getNamedType(id.type)) && !rootTypesOf(schema).includes(type)
  );
}

/** Finds the types without an id that are audited, or that have such types below them before any with an id. */
function findCarried(
  schema: GraphQLSchema,
  audited: Audited,
  hasOwnId: (type: GraphQLObjectType) => boolean,
): (type: GraphQLObjectType) => boolean {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const carried = findUntilStable(
    types.filter((type) => !hasOwnId(type)),
    (type, found) =>
      audited.at(type.name) !== undefined ||
      Object.values(type.getFields()).some(
        ({ name, type: returned }) =>
          audited.at(memberCoordinate(type.name, name)) !== undefined ||
          possibleTypes(schema, getNamedType(returned)).some((each) => found.has(each.name)),
      ),
  );
  return ({ name }) => carried.has(name);
}
