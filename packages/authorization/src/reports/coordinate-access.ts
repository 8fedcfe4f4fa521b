import { type GraphQLCompositeType, type GraphQLSchema, isCompositeType } from 'graphql';
import { canLackRows, canNarrow, decideByGroups, narrowingClauses } from '../decision/decision.ts';
import { holdsAnywhere } from '../decision/places.ts';
import type { Viewer } from '../decision/viewer.ts';
import { reachableTypeNames } from '../requirements/reachable-types.ts';
import { membersOf } from '../requirements/references.ts';
import {
  type Clause,
  demandsProof,
  joinDemands,
  type ProofDemand,
  type Requirement,
} from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { ruledTypesOf } from '../requirements/row-fields.ts';
import { type SchemaElement, schemaElements } from '../requirements/schema-elements.ts';
import { namedPlaces } from './named-places.ts';
import { printDemand, printPolicies } from './print-requirement.ts';

/**
 * The access of a viewer to a coordinate. `as its parent`: the coordinate has no requirement. `all`: every row of a
 * list that other viewers get a part of. `readable`: an enum value that it may read and not supply.
 */
export type Access = 'denied' | 'as its parent' | Granted | ConditionalAccess;

type Granted = 'allowed' | 'all' | 'readable';

/**
 * Access on conditions. `policies`: one policy of each list must admit the viewer. `rows`: one policy
 * of each list must admit a row; other rows are not delivered. `exists`: the types whose rule decides which of their
 * values exist for the viewer. `places`: the group is required in the places of what these names say. `factors` and `maxAge`: the proof of identity that is asked for, in kinds and seconds.
 */
export interface ConditionalAccess extends ProofDemand {
  /** The access of a viewer with the proof, where nothing else is a condition. */
  readonly granted?: Granted;
  readonly policies?: PolicyLists;
  readonly rows?: PolicyLists;
  readonly exists?: readonly string[];
  readonly places?: readonly string[];
}

type PolicyLists = readonly (readonly string[])[];

/** What decides the access to one coordinate. */
export interface CoordinateFacts
  extends AccessFacts,
    Pick<SchemaElement, 'typeName' | 'coordinate'> {
  /** Whether it is a root field without a requirement. */
  readonly isPublic: boolean;
  /** Whether it is a value of an enum, which clients supply and fields return. */
  readonly isEnumValue: boolean;
}

/** The requirements that decide the access to a coordinate. */
interface AccessFacts {
  readonly requirement: Requirement;
  /** The requirement where a field returns it. Another one than `requirement` only for enum values. */
  readonly returned: Requirement;
  /** The clauses that can narrow the coordinate itself. */
  readonly own: Requirement;
  /** What says in which places its groups are required. */
  readonly places: readonly string[];
  /** The rules of types that a field returns, or whose rows an id names, by type. */
  readonly rules: readonly (readonly [typeName: string, rule: Requirement])[];
}

/**
 * Returns the facts of every coordinate that an operation can select or supply, and of the types of these, in schema
 * order. Pure.
 */
export function allFacts(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly CoordinateFacts[] {
  const reachable = reachableTypeNames(schema);
  const named = namedTypes(schema, requirements);
  return schemaElements(schema)
    .filter(({ typeName }) => reachable.has(typeName))
    .map(({ typeName, coordinate, place, returns }) => {
      const requirement = requirements.at(coordinate);
      const type = returns ?? named.get(coordinate);
      const ruled = type === undefined ? [] : ruledTypesOf(schema, type, requirements.ruleOf);
      return {
        typeName,
        coordinate,
        isPublic: place === 'rootField' && requirement.length === 0,
        isEnumValue: place === 'enumValue',
        requirement,
        returned: requirements.returnedAt(coordinate),
        places: requirements.places.exist ? namedPlaces(schema, requirements, coordinate) : [],
        own: place === 'type' ? requirement : requirements.rowsAt(coordinate),
        rules: ruled.map((name) => [name, requirements.ruleOf(name)] as const),
      };
    });
}

/** Returns the types of the rows that ids name by `@references`, by the coordinate of the id. */
function namedTypes(schema: GraphQLSchema, { references }: Requirements) {
  const named = new Map<string, GraphQLCompositeType>();
  for (const { coordinate, member } of references.exist ? membersOf(schema) : []) {
    const type = schema.getType(references.at(coordinate, member.type)?.typeName ?? '');
    if (isCompositeType(type)) named.set(coordinate, type);
  }
  return named;
}

/** Returns the same, without types that have no guard. Enum values come last. Pure. */
export function coordinateFacts(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly CoordinateFacts[] {
  const shown = allFacts(schema, requirements).filter((facts) => !isBareType(facts));
  return [
    ...shown.filter(({ isEnumValue }) => !isEnumValue),
    ...shown.filter(({ isEnumValue }) => isEnumValue),
  ];
}

/** Whether a coordinate is a type without a guard, of which there is nothing to say. Other coordinates have a dot. */
export const isBareType = ({
  coordinate,
  requirement,
}: Pick<CoordinateFacts, 'coordinate' | 'requirement'>): boolean =>
  requirement.length === 0 && !coordinate.includes('.');

/** Whether a coordinate has nothing to decide beyond what it belongs to. */
export const isAsItsParent = ({ requirement, isPublic, rules }: CoordinateFacts): boolean =>
  requirement.length === 0 && !isPublic && rules.length === 0;

/** A viewer without a token. */
export const anonymous: Viewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

/** Decides one coordinate for a viewer. Pure. */
export const accessOf = (facts: CoordinateFacts, viewer: Viewer): Access =>
  isAsItsParent(facts) ? 'as its parent' : decideAccess(facts, viewer);

/** Decides a coordinate that has something to decide. Pure. */
export function decideAccess(
  { requirement, returned, own, places, rules }: AccessFacts,
  viewer: Viewer,
): Exclude<Access, 'as its parent'> {
  const decision = decideByGroups(requirement, viewer);
  if (decision.outcome === 'unauthenticated' || decision.outcome === 'forbidden') {
    const ofReading = decideByGroups(returned, viewer);
    return ofReading.outcome === 'allowed' ? withProof('readable', returned) : 'denied';
  }
  const demanding = [...requirement, ...rules.flatMap(([, rule]) => rule)];
  const hiding = rules.filter(([, rule]) => canLackRows(rule, viewer));
  const narrowing = narrowingClauses(own, viewer);
  if (decision.outcome !== 'depends' && narrowing.length === 0 && hiding.length === 0) {
    return withProof(canNarrow(own) || rules.length > 0 ? 'all' : 'allowed', demanding);
  }
  const deciding = decision.outcome === 'depends' ? decision.clauses : [];
  const isInPlace = (clause: Clause) => viewer.isAuthenticated && holdsAnywhere(clause, viewer);
  const policies = deciding.filter((clause) => !isInPlace(clause)).map(({ or }) => or);
  return {
    ...(policies.length > 0 && { policies }),
    ...(deciding.some(isInPlace) && { places }),
    ...(narrowing.length > 0 && { rows: narrowing.map(({ rows }) => rows) }),
    ...(hiding.length > 0 && { exists: hiding.map(([name]) => name) }),
    ...joinDemands(demanding),
  };
}

const withProof = (granted: Granted, requirement: Requirement): Granted | ConditionalAccess =>
  requirement.some(demandsProof) ? { granted, ...joinDemands(requirement) } : granted;

/** Prints the conditions of an access, in parts: `SELF`, `rows: OWNER`, `of id`, `exists: Invoice`, `2 factors`, `600 s`. */
export function printConditions(
  access: ConditionalAccess,
  print: (policies: string) => string = (text) => text,
): readonly string[] {
  const { policies, rows, exists, places } = access;
  const named = [
    ...(policies === undefined ? [] : [printPolicies(policies)]),
    ...(rows === undefined ? [] : [`rows: ${printPolicies(rows)}`]),
    ...(places === undefined ? [] : [`of ${places.join(', ')}`]),
    ...(exists === undefined ? [] : [`exists: ${exists.join(', ')}`]),
  ];
  return [...named.map(print), ...printDemand(access)];
}
