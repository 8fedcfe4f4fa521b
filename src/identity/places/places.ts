import type { AddPlaces } from '../../changes/rights.ts';
import { type Guarded, isAdmittedByGroups } from '../../schema/admitted-by-groups.ts';
import type { Groups } from '../../values/groups.ts';
import type { PlaceRules } from '../../values/held-places.ts';
import type { HeldGroupsOf } from '../groups/held-groups.ts';
import type { PlaceGrantRules } from '../store-dependencies.ts';
import type { Stores } from '../stores.ts';
import { type AddPlacesOptions, createAddPlaces } from './add-places.ts';
import {
  createPlaceInvitations,
  type PlaceInvitations,
  type PlaceInvitationsOptions,
} from './invitations.ts';
import { createPlaceGrants, type PlaceGrants, type PlaceGrantsOptions } from './place-grants.ts';

export interface PlacesOptions
  extends Pick<AddPlacesOptions, 'factorRules' | 'now'>,
    Pick<PlaceInvitationsOptions, 'randomBytes'> {
  readonly groups: Groups;
  /** What says which groups a session may use in one place. */
  readonly held: () => HeldGroupsOf;
  readonly stores: () => Pick<Stores, 'placeGrants' | 'placeMemberships' | 'placeInvitations'>;
  /** The guarded schema. */
  readonly authorization: () => Pick<PlaceGrantsOptions, 'placeOf'> &
    Guarded & {
      readonly requirements: {
        readonly places: {
          readonly grants: PlaceGrantRules['grants'];
          readonly keepsOne: ReadonlySet<string>;
        };
      };
    };
}

/** Which groups are held in places, who may grant them, and what each place keeps. */
export interface Places {
  readonly rules: PlaceRules;
  readonly add: AddPlaces;
  readonly grants: PlaceGrants;
  readonly invitations: PlaceInvitations;
  readonly grantRules: () => PlaceGrantRules;
}

/** Creates the parts of groups that are held in places. Nothing of the options is called before it is used. */
export function createPlaces(options: PlacesOptions): Places {
  const { groups, held, stores, authorization } = options;
  const rules: PlaceRules = {
    groups,
    heldOf: (...asked) => held().of(...asked),
    mayWithhold: (...asked) => held().mayWithhold(...asked),
  };
  const grantRules = (): PlaceGrantRules => {
    const { grants, keepsOne } = authorization().requirements.places;
    return { grants, keptGroups: [...keepsOne] };
  };
  const grants = createPlaceGrants({
    ...options,
    rules: grantRules,
    heldAround: (...asked) => stores().placeMemberships.heldAround(...asked),
    placeOf: (...asked) => authorization().placeOf(...asked),
    isAdmittedByGroups: (...asked) => isAdmittedByGroups(authorization(), ...asked),
  });
  return {
    rules,
    grantRules,
    add: createAddPlaces(rules, {
      ...options,
      findGrantsOf: (userIds) => stores().placeGrants.findGrantsOf(userIds),
    }),
    grants,
    invitations: createPlaceInvitations({
      ...options,
      grants,
      store: () => stores().placeInvitations,
    }),
  };
}
