import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../audit/origin.ts';
import type { Resolvers } from '../generated/resolver-types.ts';

export const sessionResolvers = {
  Mutation: {
    login: (_mutation, { username, password }, { services, client }) =>
      services.login({ username, password, client }),
    refresh: (_mutation, { refreshToken }, { services, client }) =>
      services.refresh({ refreshToken, client }),
    logout: (_mutation, _args, context) =>
      context.stores.sessions.end(userOf(context.viewer).sessionId, originOf(context)),
    logoutEverywhere: (_mutation, _args, context) =>
      context.stores.sessions.endAllOf(userOf(context.viewer).userId, originOf(context)),
    endSession: (_mutation, { id }, context) => context.stores.sessions.end(id, originOf(context)),
    changePassword: (_mutation, { currentPassword, newPassword }, { services, viewer, client }) =>
      services.changePassword({ viewer: userOf(viewer), client, currentPassword, newPassword }),
  },
  Session: {
    current: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
  },
} satisfies Resolvers;
