import type { UserViewer, Viewer } from '../authentication/viewer.ts';
import type { HeldPlaces } from '../values/held-places.ts';

/**
 * Returns a viewer with its places. `mustEnrol`: whether the account lacks a factor that a withheld group asks for.
 */
export function withPlaces(
  viewer: UserViewer,
  { placesOf, withheld }: HeldPlaces,
  mustEnrol: boolean,
): UserViewer {
  const { withheld: before, ...others } = viewer;
  const found = Object.assign(others, { placesOf });
  const factors = Math.max(before?.factors ?? 0, withheld?.factors ?? 0);
  if (factors === 0) return found;
  const groups = before?.groups ?? new Set<string>();
  const ofPlaces = withheld === undefined ? {} : { placesOf: withheld.placesOf };
  return Object.assign(found, { withheld: { groups, factors, mustEnrol, ...ofPlaces } });
}

const nowhere: ReadonlySet<string> = new Set();

/** Returns a viewer that holds groups in no place: one that has logged in. */
export const inNoPlace = (viewer: Viewer): Viewer =>
  viewer.isAuthenticated ? Object.assign({}, viewer, { placesOf: () => nowhere }) : viewer;
