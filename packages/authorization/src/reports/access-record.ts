import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import {
  type Clause,
  joinDemands,
  kindsDemanded,
  type Requirement,
} from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import {
  type Access,
  allFacts,
  anonymous,
  type CoordinateFacts,
  decideAccess,
  isAsItsParent,
  printConditions,
} from './coordinate-access.ts';

/**
 * What decides the access to the coordinates of a schema, as plain data: to store, and to decide and to compare later
 * without the schema.
 */
export interface AccessRecord {
  /** Each distinct clause once. The coordinates have their places in this list. */
  readonly clauses: readonly Clause[];
  readonly coordinates: readonly RecordedCoordinate[];
}

/** Places in the list of clauses. */
type Places = readonly number[];

/** The facts of one coordinate. Absent: as `requirement` for `returned`, otherwise empty or false. */
interface RecordedCoordinate {
  readonly coordinate: string;
  readonly isPublic?: true;
  readonly isEnumValue?: true;
  readonly requirement?: Places;
  readonly returned?: Places;
  readonly own?: Places;
  /** What says in which places its groups are required. */
  readonly places?: readonly string[];
  readonly rules?: readonly (readonly [typeName: string, rule: Places])[];
}

/** Creates the record of a schema, in schema order. Pure. */
export function createAccessRecord(
  schema: GraphQLSchema,
  requirements: Requirements,
): AccessRecord {
  const places = new Map<string, number>();
  const placeOf = (clause: Clause): number => {
    const key = JSON.stringify(clause);
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  };
  const placesOf = (requirement: Requirement): Places => requirement.map(placeOf);
  const coordinates = allFacts(schema, requirements).map(
    ({ coordinate, isPublic, isEnumValue, requirement, returned, own, places: named, rules }) => ({
      coordinate,
      ...(isPublic && { isPublic }),
      ...(isEnumValue && { isEnumValue }),
      ...(requirement.length > 0 && { requirement: placesOf(requirement) }),
      ...(returned !== requirement && { returned: placesOf(returned) }),
      ...(own.length > 0 && { own: placesOf(own) }),
      ...(named.length > 0 && { places: named }),
      ...(rules.length > 0 && {
        rules: rules.map(([name, rule]) => [name, placesOf(rule)] as const),
      }),
    }),
  );
  return { clauses: [...places.keys()].map((key) => JSON.parse(key)), coordinates };
}

/** A viewer of the past. */
export interface RecordedViewer {
  /** With what they imply. Null: an anonymous viewer. */
  readonly groups: ReadonlySet<string> | null;
  /** How many kinds of factors it could prove at most: one of programs, two of persons. */
  readonly factors: 1 | 2;
}

/** The access to one coordinate. `depends`: on policies, or on the rows. */
export interface RecordedAccess {
  readonly coordinate: string;
  /** For a value of an enum: the verdict is whether the viewer could supply it. */
  readonly isEnumValue?: true;
  readonly verdict: 'allowed' | 'depends' | 'refused';
  /** On which policies and rows it depends, and the proof of identity that was asked for: `SELF`, `2 factors`, `600 s`. */
  readonly conditions: readonly string[];
}

/**
 * Decides the coordinates of a record for a viewer, in schema order, as {@link createAccessMatrix} does. Those that are as
 * their parent are left out. Pure.
 *
 * @throws {RangeError} for a record in which a clause is missing.
 */
export function decideAccessRecord(
  record: AccessRecord,
  { groups, factors }: RecordedViewer,
): readonly RecordedAccess[] {
  const viewer: Viewer = groups === null ? anonymous : { isAuthenticated: true, groups };
  return recordedFacts(record)
    .filter((facts) => !isAsItsParent(facts))
    .map((facts) => {
      const isUnprovable = kindsDemanded(joinDemands(facts.requirement)) > factors;
      const access = decideAccess(facts, viewer);
      const { coordinate, isEnumValue } = facts;
      return {
        coordinate,
        ...(isEnumValue && { isEnumValue }),
        ...toVerdict(access, isUnprovable),
      };
    });
}

/** Returns the facts from which a record was made. @throws {RangeError} for a record in which a clause is missing. */
export function recordedFacts({ clauses, coordinates }: AccessRecord): readonly CoordinateFacts[] {
  const clauseAt = (place: number): Clause => {
    const clause = clauses[place];
    if (clause === undefined) throw new RangeError(`The record has no clause ${place}.`);
    return clause;
  };
  const clausesAt = (places: Places = []): Requirement => places.map(clauseAt);
  return coordinates.map(
    ({
      coordinate,
      isPublic = false,
      isEnumValue = false,
      requirement,
      returned = requirement,
      own,
      places = [],
      rules = [],
    }) => ({
      typeName: typeNameOf(coordinate),
      coordinate,
      isPublic,
      isEnumValue,
      requirement: clausesAt(requirement),
      returned: clausesAt(returned),
      own: clausesAt(own),
      places,
      rules: rules.map(([name, rule]) => [name, clausesAt(rule)] as const),
    }),
  );
}

/** Returns the type of a coordinate: that before its dot, or the type itself. */
export const typeNameOf = (coordinate: string): string => coordinate.split('.', 1).join();

function toVerdict(
  access: Exclude<Access, 'as its parent'>,
  /** The rule of a row asks for a proof of that row alone. */
  isUnprovable: boolean,
): Pick<RecordedAccess, 'verdict' | 'conditions'> {
  if (access === 'denied') return { verdict: 'refused', conditions: [] };
  if (typeof access === 'string') return { verdict: 'allowed', conditions: readableOf(access) };
  const { granted } = access;
  const conditions = [...readableOf(granted), ...printConditions(access)];
  if (isUnprovable) return { verdict: 'refused', conditions };
  return { verdict: granted === undefined ? 'depends' : 'allowed', conditions };
}

const readableOf = (granted: string | undefined): readonly string[] =>
  granted === 'readable' ? ['readable'] : [];
