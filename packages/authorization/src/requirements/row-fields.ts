import type {
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Requirement } from './requirement.ts';

/** How a field returns rows: as a list of objects, or as a Relay connection. */
export type RowShape = 'list' | 'connection';

/** Returns how a field of this type returns rows, or undefined when it cannot have `rows`. */
export function rowShapeOf(type: GraphQLOutputType): RowShape | undefined {
  if (isListOfObjects(type)) return 'list';
  return nodeType(type) === undefined ? undefined : 'connection';
}

/** Returns the type of the items of a list, of the nodes of a connection, or the named type of another field. */
export const listedType = (type: GraphQLOutputType): GraphQLNamedType =>
  getNamedType(nodeType(type) ?? type);

const isListOfObjects = (type: GraphQLOutputType | undefined): boolean =>
  isListType(getNullableType(type)) && isCompositeType(type && getNamedType(type));

/**
 * Returns the type of the `nodes` of a connection, a list of objects, or that of `node` in its `edges`. Undefined: the
 * type is no connection.
 */
function nodeType(type: GraphQLOutputType): GraphQLOutputType | undefined {
  if (isListType(getNullableType(type))) return undefined;
  const named = getNamedType(type);
  const nodes = fieldType(named, 'nodes');
  if (isListOfObjects(nodes)) return nodes;
  const edges = fieldType(named, 'edges');
  if (edges === undefined || !isListOfObjects(edges)) return undefined;
  const node = fieldType(getNamedType(edges), 'node');
  return isCompositeType(getNullableType(node)) ? node : undefined;
}

const fieldType = (type: GraphQLNamedType, name: string): GraphQLOutputType | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined;

/** Returns the names of the object types of the rows that a narrowed field returns. */
export const rowTypesOf = (schema: GraphQLSchema, type: GraphQLOutputType): ReadonlySet<string> =>
  rowShapeOf(type) === 'connection'
    ? connectionRowsOf(schema, type)
    : objectTypesOf(schema, getNamedType(type).name);

/** Returns the object types of values of a type, or of the items of its lists, that are connections. */
const connectionsOf = (
  schema: GraphQLSchema,
  type: GraphQLOutputType,
): readonly GraphQLObjectType[] =>
  possibleTypes(schema, getNamedType(type)).filter((each) => nodeType(each) !== undefined);

/** Returns the names of the object types of the rows of these connections. */
export function connectionRowsOf(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
): ReadonlySet<string> {
  const returned = connectionsOf(schema, type);
  const below = (types: readonly GraphQLObjectType[], name: string) =>
    types.flatMap((each) => {
      const field = each.getFields()[name];
      return possibleTypes(schema, field && getNamedType(field.type));
    });
  const rows = [...below(returned, 'nodes'), ...below(below(returned, 'edges'), 'node')];
  return new Set(rows.map(({ name }) => name));
}

/** Returns the names of the declared types of the rows of connections. */
export const declaredRowsOf = (connections: readonly GraphQLObjectType[]): readonly string[] =>
  connections.map((each) => listedType(each).name);

/** Returns the names of those types of the rows of a field that have a rule. */
export const ruledTypesOf = (
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  ruleOf: (typeName: string) => Requirement,
): readonly string[] => [...rowTypesOf(schema, type)].filter((name) => ruleOf(name).length > 0);

/** What narrows fields: `rows` on them, and the rules of types. */
interface Narrowing {
  readonly rowsAt: (coordinate: string) => Requirement;
  readonly ruleOf: (typeName: string) => Requirement;
}

/** A field of a type. */
interface ReturningField {
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
}

/**
 * Returns the connections of narrowed rows that a field returns, also those in a list, and among other types of an
 * interface or union. Where the items of a list, or the other types, are narrowed themselves, these are the rows.
 */
export function narrowedConnectionsOf(
  schema: GraphQLSchema,
  { rowsAt, ruleOf }: Narrowing,
  { coordinate, type }: ReturningField,
): readonly GraphQLObjectType[] {
  const hasRule = (name: string) => ruleOf(name).length > 0;
  const hasRows = rowsAt(coordinate).length > 0;
  const isOne = rowShapeOf(type) === 'connection';
  const values = possibleTypes(schema, getNamedType(type));
  if (!isOne && (hasRows || values.some(({ name }) => hasRule(name)))) return [];
  const isNarrowed = hasRows || [...connectionRowsOf(schema, type)].some(hasRule);
  return isNarrowed ? connectionsOf(schema, type) : [];
}

/** Returns the object types that a value of this type can have. */
export function possibleTypes(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

/** Returns the names of the object types that a value of a type can have. */
export const objectTypesOf = (schema: GraphQLSchema, typeName: string): ReadonlySet<string> =>
  new Set(possibleTypes(schema, schema.getType(typeName)).map(({ name }) => name));

/** Whether two sets of names have one in common. */
export function overlaps(
  left: ReadonlySet<string> | undefined,
  right: ReadonlySet<string>,
): boolean {
  for (const name of left ?? []) if (right.has(name)) return true;
  return false;
}
