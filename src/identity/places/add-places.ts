import type { AddPlaces } from '../../changes/rights.ts';
import { inNoPlace, withPlaces } from '../../changes/viewer-places.ts';
import { createLoader, groupBy } from '../../context/loader.ts';
import { holdPlaces, type PlaceRules } from '../../values/held-places.ts';
import type { FactorRules } from '../../values/proof.ts';
import { readKindsHeld } from '../groups/kinds-held.ts';
import type { PlaceGrantStore } from './place-grants.store.ts';

export interface AddPlacesOptions {
  readonly findGrantsOf: PlaceGrantStore['findGrantsOf'];
  /** What asks for factors. */
  readonly factorRules: () => Promise<readonly Pick<FactorRules, 'withoutFactor'>[]>;
  readonly now: () => Date;
}

/**
 * Creates the function that reads in which places the viewer of a request holds groups. It batches requests that arrive together,
 * and caches nothing, so a request that starts after a change always sees it.
 */
export function createAddPlaces(
  rules: PlaceRules,
  { findGrantsOf, factorRules, now }: AddPlacesOptions,
): AddPlaces {
  const loader = createLoader(async (userIds: readonly string[]) => {
    const found = groupBy(await findGrantsOf([...new Set(userIds)]), ({ userId }) => userId);
    return userIds.map((userId) => found.get(userId) ?? []);
  });

  return async (viewer) => {
    if (!viewer.isAuthenticated) return viewer;
    if (viewer.kind === 'apiClient') return inNoPlace(viewer);
    const { userId, authenticatedAt: times = {} } = viewer;
    const held = holdPlaces(await loader.load(userId), rules, { times, at: now() });
    const kinds =
      held.withheld === undefined ? undefined : await readKindsHeld(await factorRules(), userId);
    const lacksFactor = kinds !== undefined && (held.withheld?.factors ?? 0) > kinds;
    return withPlaces(viewer, held, lacksFactor || viewer.withheld?.mustEnrol === true);
  };
}
