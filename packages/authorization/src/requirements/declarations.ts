import type {
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from 'graphql';
import type { MistakeName } from '../pages/index.ts';
import type { DirectiveTarget } from './applied-directives.ts';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { createGuardParser, type Guard, type GuardParser, isBare } from './directive.ts';
import { createExpansion, findCircles, type Implications } from './implied-groups.ts';
import { fileOf, type Offence, type Problem, SchemaAuthorizationError } from './offence.ts';
import { type KnownPolicies, missingCapabilities } from './policy-capabilities.ts';
import { reachableTypeNames } from './reachable-types.ts';
import { type Clause, narrows, type Requirement } from './requirement.ts';
import { rowShapeOf } from './row-fields.ts';
import { rootTypesOf } from './schema-types.ts';
import { groupElements, parseVocabulary, policyElements, type Vocabulary } from './vocabulary.ts';

type Place = 'type' | 'field' | 'rootField' | 'enumValue' | 'input';

/** An element that can have a guard: a type, a member of a type, or an argument. */
export interface SchemaElement {
  readonly typeName: string;
  readonly coordinate: string;
  readonly element: DirectiveTarget & { description: GraphQLNamedType['description'] };
  readonly place: Place;
  /** The type of a field. Undefined for other elements. */
  readonly returns?: GraphQLOutputType;
  /** Whether it has values that a rule can hide, as an object type or interface, or a field that returns several. */
  readonly hasRows?: boolean;
}

/**
 * Reads the clauses that are declared on each coordinate itself, with the groups that satisfy them, and checks the
 * rules for guards: every root field has `@auth` or `@public`, no list is empty, all names exist, no guard is without
 * effect, no group implies itself, policies and predicates match, and rows are narrowed only where there are any.
 *
 * @param others offences that were found before.
 * @throws {SchemaAuthorizationError} with every offence.
 */
export function parseDeclarations(
  schema: GraphQLSchema,
  policies: KnownPolicies,
  others: readonly Offence[] = [],
): ReadonlyMap<string, Requirement> {
  const vocabulary = parseVocabulary(schema);
  const parse = createGuardParser(schema, vocabulary);
  const declared = new Map<string, readonly Clause[]>();
  const offences = [
    ...unmatchedPolicies(schema, vocabulary, policies),
    ...ambiguousValues(vocabulary),
    ...guardedDirectives(schema, parse),
    ...others,
  ];
  const reachable = reachableTypeNames(schema);
  const isReturned = createIsReturned(schema);
  for (const item of schemaElements(schema)) {
    const guard = parse(item.element);
    const { clauses } = guard;
    if (isBare(guard) && item.place !== 'rootField') continue;
    const isReachable = reachable.has(item.typeName);
    const isGroup = item.place === 'enumValue' && item.typeName === vocabulary.groupEnum;
    const found = [
      ...guard.problems,
      ...misplaced(item, isReachable, guard),
      ...clauses.flatMap((clause) => missingCapabilities(clause, policies)),
      ...misplacedReadable(item, isReturned, guard),
      ...(guard.implied !== undefined && !isGroup ? [misplacedImplies] : []),
    ];
    const { coordinate, element } = item;
    offences.push(...found.map((each) => ({ coordinate, ...each, ...fileOf(element) })));
    if (clauses.length > 0) declared.set(item.coordinate, clauses);
  }
  offences.push(...ruledRootTypes(schema, declared));
  const implications = readImplications(schema, parse);
  offences.push(...circles(schema, vocabulary, implications));
  if (offences.length > 0) throw new SchemaAuthorizationError(offences);
  if (implications.size === 0) return declared;
  const expand = createExpansion(implications);
  return new Map([...declared].map(([coordinate, clauses]) => [coordinate, expand(clauses)]));
}

const readImplications = (schema: GraphQLSchema, parse: GuardParser): Implications =>
  new Map(
    groupElements(schema).flatMap((element) => {
      const { implied } = parse(element);
      return implied === undefined ? [] : [[element.name, implied] as const];
    }),
  );

function circles(
  schema: GraphQLSchema,
  { groupEnum }: Vocabulary,
  implications: Implications,
): Offence[] {
  const elements = groupElements(schema);
  return findCircles(implications).map((circle) => ({
    coordinate: memberCoordinate(groupEnum, circle[0]),
    name: 'group-implies-itself',
    problem: `it implies itself: ${circle.join(' > ')}`,
    ...fileOf(elements.find(({ name }) => name === circle[0])),
  }));
}

function misplaced(
  { place, element, returns, hasRows = false }: SchemaElement,
  isReachable: boolean,
  { clauses, isGuarded, isPublic, isReference }: Guard,
): readonly Problem[] {
  const isRoot = place === 'rootField';
  const asksPolicy = clauses.some(({ or }) => or.length > 0);
  const rules: readonly (readonly [boolean, MistakeName, string])[] = [
    [
      isRoot && !isGuarded && !isPublic,
      'unguarded-root-field',
      'a root field must have @auth or @public',
    ],
    [isGuarded && isPublic, 'auth-and-public', '@auth and @public are mutually exclusive'],
    [isPublic && !isRoot, 'guard-misplaced', '@public is allowed only on root fields'],
    [
      isReference && place !== 'input' && !isScalarType(element),
      'guard-misplaced',
      '@references is allowed only on arguments, input fields and scalars',
    ],
    [
      returns === undefined && asksPolicy,
      'guard-misplaced',
      'a policy in `or` is allowed only on fields',
    ],
    [clauses.some(narrows) && !hasRows, 'guard-misplaced', placesOfRows],
    [
      isGuarded && !isReachable,
      'guard-without-effect',
      'it is not reachable from any root field, so its guard would have no effect',
    ],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, name, problem]) => ({ name, problem }));
}

const misplacedImplies: Problem = {
  name: 'guard-misplaced',
  problem: '@implies is allowed only on groups',
};

function misplacedReadable(
  { place, typeName }: SchemaElement,
  isReturned: (typeName: string) => boolean,
  { clauses }: Guard,
): readonly Problem[] {
  if (!clauses.some(({ readable }) => readable)) return [];
  if (place !== 'enumValue') {
    const problem = '`readable` is allowed only on enum values: remove it here';
    return [{ name: 'guard-misplaced', problem }];
  }
  const problem = `no field returns ${typeName}, so \`readable\` would have no effect: remove it`;
  return isReturned(typeName) ? [] : [{ name: 'guard-without-effect', problem }];
}

/** Creates the check whether a field returns a type. The fields are read at the first call. */
function createIsReturned(schema: GraphQLSchema): (typeName: string) => boolean {
  let returned: ReadonlySet<string> | undefined;
  return (typeName) => {
    returned ??= new Set(
      schemaElements(schema).flatMap(({ returns }) =>
        returns ? [getNamedType(returns).name] : [],
      ),
    );
    return returned.has(typeName);
  };
}

const placesOfRows =
  '`rows` is allowed only on object types, interfaces, and fields that return a list of objects, a connection or an event';

function ambiguousValues({ ambiguous }: Vocabulary): Offence[] {
  const problem = 'its internal value is the name of another value';
  return ambiguous.map((coordinate) => ({ coordinate, name: 'ambiguous-enum-value', problem }));
}

/** Finds guards on arguments of directives, which have no effect: operations are not checked for them. */
function guardedDirectives(schema: GraphQLSchema, parse: GuardParser): Offence[] {
  const problem = 'a guard on a directive argument would have no effect';
  return schema.getDirectives().flatMap(({ name, args }) =>
    args
      .filter((arg) => parse(arg).isGuarded)
      .map((arg) => ({
        coordinate: `@${name}(${arg.name}:)`,
        name: 'guard-without-effect',
        problem,
      })),
  );
}

/** Finds root types that would inherit the rule of an interface. They are no rows, which a rule can hide. */
function ruledRootTypes(
  schema: GraphQLSchema,
  declared: ReadonlyMap<string, readonly Clause[]>,
): Offence[] {
  return rootTypesOf(schema).flatMap((type) => {
    const ruled = type.getInterfaces().filter(({ name }) => declared.get(name)?.some(narrows));
    return ruled.map(({ name }) => ({
      coordinate: type.name,
      name: 'root-type-with-rule' as const,
      problem:
        `it implements ${name}, whose \`rows\` decide which values exist, and a root type always exists: ` +
        `remove \`implements ${name}\`, or put \`rows\` on the types of the rows`,
      ...fileOf({ astNode: implementingNode(type, name) }),
    }));
  });
}

/** Returns the definition or extension in which a type implements an interface. */
const implementingNode = ({ astNode, extensionASTNodes }: GraphQLObjectType, name: string) =>
  [astNode, ...extensionASTNodes].find((node) =>
    node?.interfaces?.some((each) => each.name.value === name),
  );

function unmatchedPolicies(
  schema: GraphQLSchema,
  vocabulary: Vocabulary,
  policies: KnownPolicies,
): Offence[] {
  const elements = policyElements(schema);
  const missing = [...vocabulary.policies].filter((policy) => !policies.has(policy));
  const unknown = [...policies.keys()].filter((policy) => !vocabulary.policies.has(policy));
  return [
    ...missing.map((coordinate) => ({
      coordinate,
      name: 'policy-missing' as const,
      problem: 'the policy has no predicate',
      ...fileOf(elements.find(({ name }) => name === coordinate)),
    })),
    ...unknown.map((coordinate) => ({
      coordinate,
      name: 'policy-undeclared' as const,
      problem: 'the predicate has no policy',
    })),
  ];
}

/** Returns all elements that can have a guard, in schema order. */
export function schemaElements(schema: GraphQLSchema): SchemaElement[] {
  const roots = new Set<GraphQLNamedType>(rootTypesOf(schema));
  const elements: SchemaElement[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const { name: typeName } = type;
    const hasRows = (isObjectType(type) || isInterfaceType(type)) && !roots.has(type);
    elements.push({ typeName, coordinate: typeName, element: type, place: 'type', hasRows });
    const returnsEvents = type === schema.getSubscriptionType();
    addMembers(elements, type, { place: roots.has(type) ? 'rootField' : 'field', returnsEvents });
  }
  return elements;
}

/** Pushes elements one by one, for speed at start: a schema has thousands. */
function addMembers(
  elements: SchemaElement[],
  type: GraphQLNamedType,
  { place, returnsEvents }: { readonly place: Place; readonly returnsEvents: boolean },
): void {
  const { name: typeName } = type;
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(typeName, field.name);
      const hasRows = returnsEvents
        ? isCompositeType(getNamedType(field.type))
        : rowShapeOf(field.type) !== undefined;
      elements.push({ typeName, place, coordinate, element: field, returns: field.type, hasRows });
      for (const arg of field.args) {
        const ofArgument = argumentCoordinate(coordinate, arg.name);
        elements.push({ typeName, place: 'input', coordinate: ofArgument, element: arg });
      }
    }
    return;
  }
  const isInput = isInputObjectType(type);
  const members = isInput
    ? Object.values(type.getFields())
    : isEnumType(type)
      ? type.getValues()
      : [];
  for (const member of members) {
    const coordinate = memberCoordinate(typeName, member.name);
    const at = isInput ? 'input' : 'enumValue';
    elements.push({ typeName, place: at, coordinate, element: member });
  }
}
