import type { Clause, PlacedGroups } from '../requirements/requirement.ts';
import type { AuthenticatedViewer, PlacesOf } from './viewer.ts';

/** Who holds groups in places: a viewer, or what is withheld from it. */
interface Holder {
  readonly placesOf?: PlacesOf;
}

/** Whether one of the groups that meet a clause in a place is held in any place. */
export const holdsAnywhere = ({ within = [] }: Clause, { placesOf }: Holder): boolean =>
  placesOf !== undefined &&
  within.some(({ groups }) => groups.some((group) => placesOf(group).size > 0));

/** Whether one of these groups is held in one place. */
export const holdsIn = (
  { groups }: PlacedGroups,
  { placesOf }: Holder,
  place: string | undefined,
): boolean =>
  placesOf !== undefined &&
  place !== undefined &&
  // `=== true`: a `has` that returns a promise must not grant a group.
  groups.some((group) => placesOf(group).has(place) === true);

/** Returns the places in which one of these groups is held. */
export const placesIn = (
  { groups }: Pick<PlacedGroups, 'groups'>,
  { placesOf }: Holder,
): ReadonlySet<string> =>
  new Set(placesOf === undefined ? [] : groups.flatMap((group) => [...placesOf(group)]));

/** Whether a clause is met in some place, by groups that the viewer may use. Which place counts is decided later. */
export const mayHoldInPlace = (clause: Clause, viewer: AuthenticatedViewer): boolean =>
  holdsAnywhere(clause, viewer) &&
  (viewer.withheld === undefined || !holdsAnywhere(clause, viewer.withheld));
