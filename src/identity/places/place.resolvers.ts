import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../../changes/origin.ts';
import type { Policy } from '../../schema/policies/policy.ts';
import { required } from '../../values/required.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { toIdPage } from '../id-page.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';

/**
 * PLACE_GRANTER: the viewer may grant the group in the place. Of fields with `groups`, all of these; of fields with the type of
 * the place alone, any group that is held in such places.
 */
export const createIsPlaceGranter =
  (partsOf: PartsOf): Policy<IdentityContext> =>
  async (viewer, _source, { group, groups: several, type, within }, context) => {
    if (typeof within !== 'string') return false;
    const { placeGrants, newUserRules } = partsOf().services;
    const { mayGrant, groupsIn } = placeGrants;
    if (typeof type === 'string') {
      return mayGrant(viewer, { type, within, groups: groupsIn(type), mode: 'some' }, context);
    }
    const groups = Array.isArray(several) ? several.map(String) : [String(group)];
    const types = new Set(groups.map((each) => newUserRules.groups.placeTypeOf(each)));
    const [asked] = types;
    if (asked === undefined || types.size > 1) return false;
    return mayGrant(viewer, { type: asked, within, groups, mode: 'every' }, context);
  };

export const createPlaceResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      async holders(_query, { type, within }, context, info) {
        const { placeGrants } = partsOf().services;
        placeGrants.requireGroupsIn(type);
        const asked = { coordinate: 'Query.holders', type, within };
        const { place } = await placeGrants.requirePlace(asked, context);
        return context.page(info, {
          read: (request) => partsOf().stores.placeGrants.pageOfHolders(place, toIdPage(request)),
        });
      },
    },
    Mutation: {
      async leaveGroup(_mutation, { group, within }, context) {
        const { placeGrants } = partsOf().services;
        const { userId } = userOf(context.viewer);
        const type = placeGrants.requireType(group, 'group');
        // Its row can be gone.
        const found = await placeGrants.findPlace(type, within, context);
        const place = { type, id: found?.id ?? within };
        return partsOf().stores.placeMemberships.leave({ userId, group, place }, originOf(context));
      },
    },
    Viewer: {
      async places(_viewer, { type }, context) {
        const groups = partsOf().services.placeGrants.requireGroupsIn(type);
        await context.readPlaces();
        const { viewer } = context;
        const placesOf =
          (viewer.isAuthenticated ? viewer.placesOf : undefined) ?? (() => new Set());
        const ids = new Set(groups.flatMap((group) => [...placesOf(group)]));
        return [...ids].sort().map((id) => ({
          id,
          groups: groups.filter((group) => placesOf(group).has(id)),
        }));
      },
    },
    Holder: {
      user: ({ id }, _args, { load }) => required(load.users(id)),
    },
  }) satisfies Resolvers;
