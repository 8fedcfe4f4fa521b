import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isScalarType } from 'graphql';
import type { MistakeName } from '../pages/index.ts';
import { memberCoordinate } from './coordinate.ts';
import { type Guard, type GuardParser, isBare } from './directive.ts';
import { createExpansion, findCircles, type Implications } from './implied-groups.ts';
import { fileOf, type Offence, type Problem, SchemaAuthorizationError } from './offence.ts';
import { createPlacing, type Places } from './places.ts';
import { type KnownPolicies, missingCapabilities } from './policy-capabilities.ts';
import { reachableTypeNames } from './reachable-types.ts';
import { type Clause, narrows, type Requirement } from './requirement.ts';
import { type SchemaElement, schemaElements } from './schema-elements.ts';
import { rootTypesOf } from './schema-types.ts';
import { groupElements, policyElements, type Vocabulary } from './vocabulary.ts';

/** A schema, and what of its guards is read before the clauses. */
export interface ParsedSchema {
  readonly schema: GraphQLSchema;
  readonly vocabulary: Vocabulary;
  readonly parse: GuardParser;
  readonly implications: Implications;
  readonly places: Places;
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
  { schema, vocabulary, parse, implications, places }: ParsedSchema,
  policies: KnownPolicies,
  others: readonly Offence[] = [],
): ReadonlyMap<string, Requirement> {
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
  offences.push(...circles(schema, vocabulary, implications));
  if (offences.length > 0) throw new SchemaAuthorizationError(offences);
  if (implications.size === 0 && !places.exist) return declared;
  const expand = createExpansion(implications);
  const place = createPlacing(places);
  return new Map(
    [...declared].map(([coordinate, clauses]) => [coordinate, expand(clauses).map(place)]),
  );
}

/** Reads `@implies` of all groups. */
export const readImplications = (schema: GraphQLSchema, parse: GuardParser): Implications =>
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
  { clauses, isGuarded, isPublic, isReference, within }: Guard,
): readonly Problem[] {
  const isRoot = place === 'rootField';
  const isOpenType = place === 'type' && within.length > 0;
  const asksPolicy = clauses.some(({ or }) => or.length > 0);
  const rules: readonly (readonly [boolean, MistakeName, string])[] = [
    [
      isRoot && !isGuarded && !isPublic,
      'unguarded-root-field',
      'a root field must have @auth or @public',
    ],
    [isGuarded && isPublic, 'auth-and-public', '@auth and @public are mutually exclusive'],
    [isPublic && !isRoot && !isOpenType, 'guard-misplaced', placesOfPublic],
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

const placesOfPublic = '@public is allowed only on root fields, and on types with @within';

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
