import type { Resolvers } from '../generated/resolver-types.ts';
import { toIdPage } from '../id-page.ts';
import type { PartsOf } from '../identity-parts.ts';

export const createInvitationResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      async placeInvitations(_query, { type, within }, context, info) {
        const { services, stores } = partsOf();
        services.placeGrants.requireGroupsIn(type);
        const asked = { coordinate: 'Query.placeInvitations', type, within };
        const { place } = await services.placeGrants.requirePlace(asked, context);
        return context.page(info, {
          read: (request) => stores.placeInvitations.page(place, toIdPage(request)),
        });
      },
    },
    Mutation: {
      inviteTo: (_mutation, { within, groups, expiresAt }, context) => {
        const input = { within, groups, expiresAt: expiresAt ?? null };
        return partsOf().services.placeInvitations.create(input, context);
      },
      async joinByCode(_mutation, { code }, context) {
        const { type, placeId, groups } = await partsOf().services.placeInvitations.join(
          code,
          context,
        );
        return { type, id: placeId, groups };
      },
      cancelPlaceInvitation: (_mutation, args, context) =>
        partsOf().services.placeInvitations.cancel(args, context),
    },
    PlaceInvitation: {
      invitedBy: ({ inviterKind, inviterId }, _args, { load }) =>
        inviterKind === 'USER' ? load.users(inviterId) : null,
    },
  }) satisfies Resolvers;
