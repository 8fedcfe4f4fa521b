import type { AuthenticatedViewer, Viewer } from '../../authentication/viewer.ts';
import { changedMeanwhile } from '../../changes/rights.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Group, Groups } from '../../values/groups.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PlaceGrantRules } from '../store-dependencies.ts';
import type { Stores } from '../stores.ts';
import { type GrantPlace, grantsUntil } from './granting.ts';
import { placeNotFound } from './place-row.store.ts';

export interface PlaceGrantsOptions {
  readonly groups: Groups;
  readonly rules: () => PlaceGrantRules;
  /** Reads what a user holds in a place and those to which it belongs. */
  readonly heldAround: Stores['placeMemberships']['heldAround'];
  /** Reads a row as a place, also one that is hidden from the viewer. Undefined: it does not exist. */
  readonly placeOf: (
    type: string,
    id: unknown,
    context: IdentityContext,
  ) => Promise<Omit<GrantPlace, 'type'> | undefined>;
  /** Whether the global groups of a viewer admit it to a field. */
  readonly isAdmittedByGroups: (
    coordinate: string,
    viewer: Pick<AuthenticatedViewer, 'groups'>,
  ) => boolean;
}

/** The groups that are to be granted in a place. */
export interface AskedGrant {
  readonly type: string;
  readonly within: string;
  readonly groups: readonly Group[];
  /** Whether the viewer must be able to grant one of them, or each. */
  readonly mode: 'some' | 'every';
}

export type PlaceGrants = ReturnType<typeof createPlaceGrants>;

/** Creates what decides who may grant groups in places. */
export function createPlaceGrants({
  groups,
  rules,
  heldAround,
  placeOf,
  isAdmittedByGroups,
}: PlaceGrantsOptions) {
  const findPlace = async (type: string, id: string, context: IdentityContext) => {
    const row = await placeOf(type, id, context);
    return row && { type, ...row };
  };
  const groupsIn = (type: string): readonly Group[] =>
    groups.names.filter((name) => groups.placeTypeOf(name) === type);

  return {
    /**
     * Whether a user may grant groups in a place, by what it holds there. A place that does not exist is asked for
     * like another one, so that the time of the answer does not reveal it.
     */
    async mayGrant(viewer: Viewer, asked: AskedGrant, context: IdentityContext): Promise<boolean> {
      if (viewer.kind !== 'user') return false;
      const { type, within } = asked;
      const place = await findPlace(type, within, context);
      const around = place ?? { type, id: within, within: new Map() };
      const held = await heldAround(viewer.userId, around);
      const usable = held.filter(
        ({ group, placeId }) => viewer.placesOf?.(group).has(placeId) === true,
      );
      const granting = { groups, grants: rules().grants };
      const mayGive = (group: Group) => grantsUntil(group, usable, granting) !== undefined;
      const isGranter =
        asked.mode === 'some' ? asked.groups.some(mayGive) : asked.groups.every(mayGive);
      return place !== undefined && asked.groups.length > 0 && isGranter;
    },

    /** Returns the groups that can be held in places of a type. @throws {BadUserInputError} when there are none. */
    requireGroupsIn(type: string): readonly Group[] {
      const found = groupsIn(type);
      if (found.length > 0) return found;
      throw new BadUserInputError('type', 'No group is held within rows of a type with this name.');
    },

    groupsIn,

    /** Whether global groups alone admit to a coordinate. */
    admits: (coordinate: string, named: ReadonlySet<Group>): boolean =>
      isAdmittedByGroups(coordinate, { groups: named }),

    /** Returns the type within which all of some groups are held, and each group once. @throws {BadUserInputError} */
    requireOneType(named: readonly Group[]): { type: string; groups: readonly Group[] } {
      const types = new Set(named.map((group) => groups.placeTypeOf(group)));
      const [type] = types;
      if (type !== undefined && types.size === 1) return { type, groups: [...new Set(named)] };
      throw new BadUserInputError('groups', 'Name groups that are held within one type.');
    },

    /** Returns the type within which a group is held. @throws {BadUserInputError} for a group that is held everywhere. */
    requireType(group: Group, argument: 'group' | 'within'): string {
      const type = groups.placeTypeOf(group);
      if (type !== undefined) return type;
      throw new BadUserInputError(argument, 'The group is not held in places.');
    },

    /**
     * Reads the place that a call of a field names, once the field was admitted. `isByHolder` says whether it was for what the
     * viewer holds there.
     *
     * @throws {NotFoundError} for who may grant everywhere. @throws {ConflictError} CHANGED_MEANWHILE, for all others.
     */
    async requirePlace(
      {
        coordinate,
        type,
        within,
      }: Omit<AskedGrant, 'groups' | 'mode'> & { readonly coordinate: string },
      context: IdentityContext,
    ): Promise<{ readonly place: GrantPlace; readonly isByHolder: () => boolean }> {
      // The viewer of now: it can lose its groups meanwhile.
      const isByHolder = () =>
        !context.viewer.isAuthenticated || !isAdmittedByGroups(coordinate, context.viewer);
      const place = await findPlace(type, within, context);
      if (place !== undefined) return { place, isByHolder };
      throw isByHolder() ? changedMeanwhile() : placeNotFound(type);
    },

    findPlace,
  };
}
