import type { GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isNonNullType, isObjectType, isScalarType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { fileOf } from '../../requirements/offence.ts';
import { reachableTypeNames } from '../../requirements/reachable-types.ts';
import { implies } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { rowShapeOf, ruledTypesOf } from '../../requirements/row-fields.ts';
import { rootTypesOf } from '../../requirements/schema-types.ts';
import { wordsOf } from './field-name-matcher.ts';
import type { Finding } from './finding.ts';

type Field = GraphQLField<unknown, unknown>;

/** What returns rows of types with a rule: a field, or a connection by its `edges`. */
interface Relation {
  readonly name: string;
  /** The types with a rule. */
  readonly types: readonly string[];
  readonly isList: boolean;
}

/** A field of an object. */
interface Place {
  readonly type: GraphQLObjectType;
  readonly field: Field;
  /** What the object returns of types with a rule. */
  readonly relations: readonly Relation[];
  /** All types with a rule. */
  readonly ruled: readonly string[];
}

/** What to say about a field, and the types with a rule that it is about. */
interface Hint extends Pick<Finding, 'name' | 'problem' | 'advice'> {
  readonly types: readonly string[];
}

/**
 * Finds fields next to the rows of types with a rule that tell or refuse more than their owner may intend: a non-null
 * field whose value can be hidden, a number that may count hidden rows, and the id of a hidden row.
 *
 * Finds none where every viewer of the field gets all rows. Pure. In schema order.
 */
export function findRowHints(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly Finding[] {
  return placesOf(schema, requirements).flatMap((place) => {
    const coordinate = memberCoordinate(place.type.name, place.field.name);
    const held = requirements.at(coordinate);
    const canHide = (typeName: string) =>
      requirements
        .ruleOf(typeName)
        .some((clause) => !held.some((each) => each.rows === undefined && implies(each, clause)));
    return [nonNullHint(place, requirements), numberHint(place), idHint(place)]
      .filter((hint) => hint?.types.some(canHide) === true)
      .flatMap((hint) => (hint === undefined ? [] : [toFinding(coordinate, hint, place.field)]));
  });
}

const toFinding = (
  coordinate: string,
  { types: _about, ...hint }: Hint,
  field: Field,
): Finding => ({
  coordinate,
  ...hint,
  certainty: 'hint',
  ...fileOf(field),
});

/** Returns the fields of objects below the root. The fields of connections' edges are left out: their rows are checked. */
function placesOf(schema: GraphQLSchema, { ruleOf }: Requirements): readonly Place[] {
  const reachable = reachableTypeNames(schema);
  const roots = rootTypesOf(schema);
  const objects = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => reachable.has(type.name) && !roots.includes(type));
  const ruled = objects.map(({ name }) => name).filter((name) => ruleOf(name).length > 0);
  const edges = new Set(objects.filter(isConnection).map(edgeTypeOf));

  const relationsOf = (type: GraphQLObjectType): readonly Relation[] =>
    [...Object.values(type.getFields()), ...(isConnection(type) ? [{ name: 'edges', type }] : [])]
      .map((each) => ({
        name: each.name,
        types: ruledTypesOf(schema, each.type, ruleOf),
        isList: rowShapeOf(each.type) !== undefined,
      }))
      .filter(({ types }) => types.length > 0);

  return objects
    .filter((type) => !edges.has(type))
    .flatMap((type) => {
      const relations = relationsOf(type);
      return Object.values(type.getFields()).map((field) => ({ type, field, relations, ruled }));
    });
}

const isConnection = (type: GraphQLObjectType): boolean => rowShapeOf(type) === 'connection';

function edgeTypeOf(connection: GraphQLObjectType): GraphQLNamedType | undefined {
  const { edges } = connection.getFields();
  return edges && getNamedType(edges.type);
}

function nonNullHint(
  { type, field, relations }: Place,
  { ruleOf }: Requirements,
): Hint | undefined {
  const relation = relations.find(({ name, isList }) => name === field.name && !isList);
  if (relation === undefined || !isNonNullType(field.type)) return undefined;
  if (ruleOf(type.name).length > 0) return undefined;
  return {
    types: relation.types,
    name: 'non-null-relation',
    problem: 'one hidden row denies the whole operation, because the field cannot be null',
    advice: `make it nullable, or give ${type.name} a rule that hides it as well`,
  };
}

function numberHint({ field, relations }: Place): Hint | undefined {
  const words = wordsOf(field.name);
  const isSum = ['total', 'sum'].includes(words[0] ?? '') || words.at(-1) === 'count';
  const lists = relations.filter(({ isList }) => isList);
  if (!isSum || !isNumber(getNamedType(field.type)) || lists.length === 0) return undefined;
  return {
    types: lists.flatMap(({ types }) => types),
    name: 'unfiltered-number',
    problem: `it may include rows that are hidden in ${lists.map(({ name }) => name).join(', ')}`,
    advice: 'compute it with the filter of the rule',
  };
}

/** Custom scalars are numbers too, such as `BigInt`. */
const isNumber = (type: GraphQLNamedType): boolean =>
  isScalarType(type) && !['ID', 'String', 'Boolean'].includes(type.name);

function idHint({ field, relations, ruled }: Place): Hint | undefined {
  const words = wordsOf(field.name);
  const ending = words.at(-1);
  if (getNamedType(field.type).name !== 'ID' || (ending !== 'id' && ending !== 'ids')) {
    return undefined;
  }
  const named = words.slice(0, -1).join(' ');
  const isNamed = (name: string) => wordsOf(name).join(' ') === named;
  return {
    types: [
      ...relations.filter(({ name }) => isNamed(name)).flatMap(({ types }) => types),
      ...ruled.filter(isNamed),
    ],
    name: 'revealing-id',
    problem: 'it reveals the id of a row that may be hidden',
    advice: 'remove it, and let clients request the relation',
  };
}
