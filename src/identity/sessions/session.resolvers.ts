import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../../changes/origin.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';

export const createSessionResolvers = (partsOf: PartsOf) =>
  ({
    Mutation: {
      login: (_mutation, { username, password }, { client }) =>
        partsOf().services.login({ username, password, client }),
      refresh: (_mutation, { refreshToken }, { client }) =>
        partsOf().services.refresh({ refreshToken, client }),
      logout: (_mutation, _args, context) =>
        partsOf().stores.sessions.end(userOf(context.viewer).sessionId, originOf(context)),
      logoutEverywhere: (_mutation, _args, context) =>
        partsOf().stores.sessions.endAllOf(userOf(context.viewer).userId, originOf(context)),
      endSession: (_mutation, { id }, context) =>
        partsOf().stores.sessions.end(id, originOf(context)),
      changePassword: (_mutation, { currentPassword, newPassword }, { viewer, rights, client }) =>
        partsOf().services.changePassword({
          viewer: userOf(viewer),
          rights,
          client,
          currentPassword,
          newPassword,
        }),
    },
    Session: {
      current: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
    },
  }) satisfies Resolvers;
