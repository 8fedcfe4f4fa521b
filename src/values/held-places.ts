import type { AuthenticationTimes } from './factor.ts';
import type { Groups, HeldOf, PlaceGrant, PlacesOf } from './groups.ts';

/** What says which groups a session may use in a place. */
export interface PlaceRules {
  readonly groups: Pick<Groups, 'inPlace' | 'placeTypeOf'>;
  /** For the groups that are held in one place. */
  readonly heldOf: HeldOf;
  /** Whether any group asks for more than was proved, so that each place has to be asked. */
  readonly mayWithhold: (
    held: ReadonlySet<string>,
    times: AuthenticationTimes,
    at: Date,
  ) => boolean;
}

/** The groups that a session may use in places, and those that are withheld there. */
export interface HeldPlaces {
  readonly placesOf: PlacesOf;
  /** Undefined: nothing is withheld in any place. */
  readonly withheld: { readonly placesOf: PlacesOf; readonly factors: number } | undefined;
}

/**
 * Returns in which places a session may use which groups: in each place, those of its memberships there with what they imply,
 * less what asks for more factors than were proved. A membership of a group that is not held within the type of its place
 * opens nothing. Pure.
 */
export function holdPlaces(
  grants: readonly PlaceGrant[],
  { groups, heldOf, mayWithhold }: PlaceRules,
  { times, at }: { readonly times: AuthenticationTimes; readonly at: Date },
): HeldPlaces {
  const valid = grants.filter(({ group, type }) => groups.placeTypeOf(group) === type);
  const held = createPlaceSets();
  const all = new Set(groups.inPlace(valid.map(({ group }) => group)));
  if (!mayWithhold(all, times, at)) {
    for (const { group, placeId } of valid) held.add(groups.inPlace([group]), placeId);
    return { placesOf: held.of, withheld: undefined };
  }
  const withheld = createPlaceSets();
  let factors = 0;
  for (const [key, ofPlace] of byPlace(valid)) {
    const placeId = key.slice(key.indexOf(' ') + 1);
    const found = heldOf(ofPlace, times, at);
    held.add(found.groups, placeId);
    withheld.add(found.withheld, placeId);
    factors = Math.max(factors, found.factors);
  }
  return {
    placesOf: held.of,
    withheld: factors === 0 ? undefined : { placesOf: withheld.of, factors },
  };
}

/** Returns the memberships of each place. */
function byPlace(grants: readonly PlaceGrant[]): ReadonlyMap<string, readonly PlaceGrant[]> {
  const found = new Map<string, PlaceGrant[]>();
  for (const grant of grants) {
    // Names of types have no spaces.
    const key = `${grant.type} ${grant.placeId}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [grant]);
    else known.push(grant);
  }
  return found;
}

/** Collects the places of groups. */
function createPlaceSets() {
  const sets = new Map<string, Set<string>>();
  return {
    add(groups: Iterable<string>, placeId: string): void {
      for (const group of groups) {
        const known = sets.get(group);
        if (known === undefined) sets.set(group, new Set([placeId]));
        else known.add(placeId);
      }
    },
    of: (group: string): ReadonlySet<string> => sets.get(group) ?? nowhere,
  };
}

const nowhere: ReadonlySet<string> = new Set();
