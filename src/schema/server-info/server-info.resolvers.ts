import type { Resolvers } from '../generated/resolver-types.ts';

export const serverInfoResolvers = {
  Query: {
    serverInfo: (_query, _args, { services }) => services.serverInfo,
  },
} satisfies Resolvers;
