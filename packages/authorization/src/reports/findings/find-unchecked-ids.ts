import type {
  GraphQLArgument,
  GraphQLInputField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import { getNamedType, isInputObjectType, isObjectType, isScalarType } from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import { fileOf } from '../../requirements/offence.ts';
import { reachableTypeNames } from '../../requirements/reachable-types.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { ruledTypesOf } from '../../requirements/row-fields.ts';
import { createFieldNameMatcher, wordsOf } from './field-name-matcher.ts';
import type { Finding } from './finding.ts';

/**
 * Finds unchecked ids in arguments and input fields: without `@references`, anywhere in the input of fields of
 * Mutation and Subscription, and in that of other fields where neither the parent nor what they return has a rule. Of all
 * fields, it finds those that are called like the `by` of a `@within`: an id of a place.
 *
 * An id is a value of the type `ID`, or of a scalar with such a name, such as `UUID` or `InvoiceId`. Cursors are
 * none. Finds nothing in a schema that does not define `@references`. Pure. In schema order, ids of places first.
 */
export function findUncheckedIds(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly Finding[] {
  if (!schema.getDirective('references')) return [];
  const fields = fieldsWithArguments(schema);
  const isOpenId = ({ name, type }: Member) => isId(getNamedType(type)) && !cursors.has(name);
  const found = [
    ...findMembers(fields, createIsPlace(schema, requirements)).map((each) => ({
      ...each,
      ...uncheckedPlace,
    })),
    ...findMembers(fields.filter(createHasOpenIds(schema, requirements)), isOpenId).map((each) => ({
      ...each,
      ...uncheckedId,
    })),
  ];
  const unchecked = found.filter(
    ({ coordinate, member: { type } }) =>
      requirements.references.at(coordinate, type) === undefined,
  );
  const findings = new Map<string, Finding>();
  for (const { member, ...finding } of unchecked) {
    if (findings.has(finding.coordinate)) continue;
    findings.set(finding.coordinate, { ...finding, ...fileOf(member) });
  }
  return [...findings.values()];
}

type Member = GraphQLArgument | GraphQLInputField;

interface FoundMember {
  readonly coordinate: string;
  readonly member: Member;
}

/** Returns the arguments of fields, and what input objects in them hold at any depth, that are wanted. Each once. */
function findMembers(
  fields: readonly FieldWithArguments[],
  isWanted: (member: Member) => boolean,
): readonly FoundMember[] {
  const found: FoundMember[] = [];
  const visited = new Set<GraphQLNamedType>();
  function visit(coordinate: string, member: Member): void {
    const type = getNamedType(member.type);
    if (isWanted(member)) found.push({ coordinate, member });
    if (!isInputObjectType(type) || visited.has(type)) return;
    visited.add(type);
    for (const field of Object.values(type.getFields())) {
      visit(memberCoordinate(type.name, field.name), field);
    }
  }
  for (const { coordinate, args } of fields) {
    for (const arg of args) visit(argumentCoordinate(coordinate, arg.name), arg);
  }
  return found;
}

const uncheckedId = {
  name: 'unchecked-id',
  problem: 'nothing checks that the row of this id is visible to the viewer',
  advice: 'name the type of the row by @references, or accept it if it names none',
  certainty: 'fails unless accepted',
} as const;

const uncheckedPlace = {
  name: 'unchecked-id',
  problem:
    'it is called like the place of rows, and nothing checks that this place is visible to the viewer',
  advice: 'name the type of the place by @references, or accept it if it names none',
  certainty: 'fails unless accepted',
} as const;

/** Arguments that continue a list after a row, which was delivered before. */
const cursors: ReadonlySet<string> = new Set(['after', 'before', 'cursor']);

const isId = (type: GraphQLNamedType): boolean =>
  isScalarType(type) && idWords.has(wordsOf(type.name).at(-1) ?? '');

const idWords: ReadonlySet<string> = new Set(['id', 'uuid', 'guid', 'ulid']);

interface FieldWithArguments {
  readonly coordinate: string;
  readonly parent: GraphQLObjectType;
  readonly type: GraphQLOutputType;
  readonly args: readonly GraphQLArgument[];
}

/** Returns the fields of the object types that a client can reach. */
function fieldsWithArguments(schema: GraphQLSchema): readonly FieldWithArguments[] {
  const reachable = reachableTypeNames(schema);
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter(({ name }) => reachable.has(name))
    .flatMap((parent) =>
      Object.values(parent.getFields()).map(({ name, type, args }) => ({
        coordinate: memberCoordinate(parent.name, name),
        parent,
        type,
        args,
      })),
    );
}

/** Creates the function that says whether no rule decides about the rows of ids in the input of a field. */
function createHasOpenIds(schema: GraphQLSchema, { ruleOf, rowsAt }: Requirements) {
  const writing = new Set<unknown>([schema.getMutationType(), schema.getSubscriptionType()]);
  return ({ coordinate, parent, type }: FieldWithArguments): boolean =>
    writing.has(parent) ||
    (ruleOf(parent.name).length === 0 &&
      rowsAt(coordinate).length === 0 &&
      ruledTypesOf(schema, type, ruleOf).length === 0);
}

/** Creates the function that says whether a scalar is called like the property by which rows are in a place of another type. */
function createIsPlace(schema: GraphQLSchema, { places }: Requirements) {
  const properties = new Set(
    Object.keys(schema.getTypeMap()).flatMap((typeName) =>
      places.ofType(typeName).flatMap(({ place, by }) => (by && place !== typeName ? [by] : [])),
    ),
  );
  const names = createFieldNameMatcher();
  return ({ name, type }: Member): boolean =>
    isScalarType(getNamedType(type)) &&
    [...properties].some((by) => names(name, by) || names(name, `${by}s`));
}
