import type {
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import {
  GraphQLError,
  type GraphQLOutputType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  parse,
  visit,
} from 'graphql';
import { parseLeaf } from '../../graphql-js/leaf-values.ts';
import { appliedDirectives } from '../../requirements/applied-directives.ts';

/** The most representations that the references of one operation may have, where the application sets no maximum. */
export const defaultMaxRepresentations = 1_000;

/** A client sent representations that name no entities. `argument` is the path of the first wrong one. */
export class RepresentationError extends GraphQLError {
  override readonly name = 'RepresentationError';

  constructor(argument: string, message: string) {
    super(message, { extensions: { code: 'BAD_USER_INPUT', argument } });
  }
}

export type EntityType = GraphQLObjectType | GraphQLInterfaceType;

/** The selections of the keys of one entity type, of which a representation has at least one. */
interface Entity {
  readonly type: EntityType;
  readonly keys: readonly SelectionSetNode[];
}

/**
 * Creates the check of the representations of `_entities`: each is an object with the name of an entity type in
 * `__typename`, and with all fields of one of its keys. Interfaces with a key are entity types too, besides `types`.
 *
 * @throws {RepresentationError} from the check, for the first that is wrong.
 */
export function createRepresentationCheck(
  schema: GraphQLSchema,
  types: readonly EntityType[],
): (representations: readonly unknown[]) => void {
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
  const toEntity = (type: EntityType): Entity => ({ type, keys: keysOf(schema, type) });
  const all = [
    ...types.map(toEntity),
    ...interfaces.map(toEntity).filter(({ keys }) => keys.length > 0),
  ];
  const entities = new Map(all.map((entity) => [entity.type.name, entity]));
  return (representations) => {
    for (const [index, each] of representations.entries()) {
      const path = `representations.${index}`;
      if (!isRecord(each)) throw new RepresentationError(path, `${path} must be an object.`);
      const { type, keys } = requireEntity(entities, each, path);
      if (keys.length > 0 && !keys.some((key) => hasFields(type, key, each))) {
        throw new RepresentationError(path, `${path} must have the fields of a key of its type.`);
      }
    }
  };
}

function requireEntity(
  entities: ReadonlyMap<string, Entity>,
  representation: UnknownRecord,
  path: string,
): Entity {
  const name = Object.hasOwn(representation, '__typename') ? representation.__typename : undefined;
  const entity = typeof name === 'string' ? entities.get(name) : undefined;
  if (entity !== undefined) return entity;
  const argument = `${path}.__typename`;
  throw new RepresentationError(argument, `${argument} must be the name of an entity type.`);
}

/** Reads the `@key` directives of a type. A `@key` that was imported by another name is not found. */
export function keysOf(schema: GraphQLSchema, type: EntityType): readonly SelectionSetNode[] {
  return appliedDirectives(schema, type)
    .filter(({ name }) => name === 'key' || name === 'federation__key')
    .flatMap(({ args }) => {
      const { fields }: { fields?: unknown } = Object(args);
      return typeof fields === 'string' ? selectionsOf(fields) : [];
    });
}

function selectionsOf(fields: string): readonly SelectionSetNode[] {
  const found: SelectionSetNode[] = [];
  visit(parse(`{ ${fields} }`), {
    OperationDefinition: ({ selectionSet }) => void found.push(selectionSet),
  });
  return found;
}

/** Whether a value has the selected fields, with values that fit their types. */
function hasFields(
  type: EntityType,
  { selections }: SelectionSetNode,
  value: UnknownRecord,
): boolean {
  const fields = type.getFields();
  return selections.every((selection) => {
    if (selection.kind !== Kind.FIELD) return true;
    const { name, selectionSet } = selection;
    const field = fields[name.value];
    const part = Object.hasOwn(value, name.value) ? value[name.value] : undefined;
    return field === undefined || (part !== undefined && fits(field.type, selectionSet, part));
  });
}

function fits(
  declared: GraphQLOutputType,
  selections: SelectionSetNode | undefined,
  value: unknown,
): boolean {
  if (value === null) return !isNonNullType(declared);
  const type = getNullableType(declared);
  if (isListType(type)) {
    return Array.isArray(value) && value.every((item) => fits(type.ofType, selections, item));
  }
  if (isLeafType(type)) return parses(() => parseLeaf(type, value));
  if (!isRecord(value)) return false;
  return selections === undefined || isUnionType(type) || hasFields(type, selections, value);
}

/** Whether an input of a leaf type is valid. */
function parses(convert: () => unknown): boolean {
  try {
    return convert() !== undefined;
  } catch {
    return false;
  }
}

type UnknownRecord = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is UnknownRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
