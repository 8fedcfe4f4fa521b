import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { isInterfaceType, isObjectType } from 'graphql';
import type { GuardParser, Within } from './directive.ts';
import type { Clause, PlacedGroups } from './requirement.ts';
import { groupElements } from './vocabulary.ts';

/** To which row of a type the rows of another belong. */
export interface Belonging {
  /** The type of the places. */
  readonly place: string;
  /** The property of a row that has the id of its place. Undefined: an option of the type says it. */
  readonly by: string | undefined;
}

/** Which groups are held within a type, and to which places rows belong: the `@within` of one schema. */
export interface Places {
  /** Whether any group is held within a type. */
  readonly exist: boolean;
  /** Returns the type within whose rows a group is held. Undefined: it is global. */
  typeOf(group: string): string | undefined;
  /** Returns what the rows of an object type or interface are within. That of its interfaces is included. */
  ofType(typeName: string): readonly Belonging[];
  /** The groups of which each place keeps one holder. */
  readonly keepsOne: ReadonlySet<string>;
  /** The groups that each group may grant, as `@grants` names them. */
  readonly grants: ReadonlyMap<string, readonly string[]>;
}

/** Reads `@within` and `@grants` of a schema. What is wrong in them is found elsewhere. */
export function readPlaces(schema: GraphQLSchema, parse: GuardParser): Places {
  const groups = groupElements(schema).map((element) => [element.name, parse(element)] as const);
  const types = new Map(
    groups.flatMap(([name, { within }]) => (within[0] ? [[name, within[0].type] as const] : [])),
  );
  const belongings = new Map<string, readonly Belonging[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    const found = withinOf(type, parse).map(({ type: place, by }) => ({ place, by }));
    if (found.length > 0) belongings.set(type.name, found);
  }
  const kept = groups.filter(([, { within }]) => within.some(({ keepsOne }) => keepsOne));
  return {
    exist: types.size > 0,
    typeOf: (group) => types.get(group),
    ofType: (typeName) => belongings.get(typeName) ?? nowhere,
    keepsOne: new Set(kept.map(([name]) => name)),
    grants: new Map(groups.flatMap(([name, { granted }]) => (granted ? [[name, granted]] : []))),
  };
}

const nowhere: readonly Belonging[] = [];

/** Returns each `@within` of a type and of its interfaces. */
export function withinOf(type: GraphQLNamedType, parse: GuardParser): readonly Within[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return [type, ...type.getInterfaces()].flatMap((each) => parse(each).within);
}

/** Creates the function that divides the groups of a clause into those that are held within a type, and the global ones. */
export function createPlacing(places: Places): (clause: Clause) => Clause {
  return (clause) => {
    const { requires, satisfiedBy = requires } = clause;
    const within = new Map<string, string[]>();
    for (const group of satisfiedBy) {
      const type = places.typeOf(group);
      if (type !== undefined) within.set(type, [...(within.get(type) ?? []), group]);
    }
    if (within.size === 0) return clause;
    return {
      ...clause,
      satisfiedBy: satisfiedBy.filter((group) => places.typeOf(group) === undefined),
      within: [...within].map(([type, groups]) => ({ type, groups })),
    };
  };
}

/** The policy that asks whether a row is in a place where the viewer holds one of some groups. */
export interface PlacePolicy {
  readonly name: string;
  /** The type of the rows. */
  readonly typeName: string;
  readonly belonging: Belonging;
  readonly groups: PlacedGroups['groups'];
}

/**
 * Returns the policies by which a clause is met in the places of the rows of one type. Those of two types have one name, and
 * so one filter, where the groups, the type of the places and the property are the same.
 */
export const placePolicies = (
  places: Places,
  typeName: string,
  { requires, within = [] }: Clause,
): readonly PlacePolicy[] =>
  within.flatMap(({ type, groups }) => {
    const belonging = places.ofType(typeName).find(({ place }) => place === type);
    if (belonging === undefined) return [];
    const named = requires.filter((group) => places.typeOf(group) === type).sort();
    const property = belonging.by ?? `of ${typeName}`;
    return [
      { name: `${named.join(' or ')} in ${type} (${property})`, typeName, belonging, groups },
    ];
  });

/** Whether a policy is one that the schema declares. The others have names that no enum value can have. */
export const isDeclaredPolicy = (name: string): boolean => !name.includes(' ');
