import type { Resolvers } from '../generated/resolver-types.ts';

export const sessionResolvers = {
  Mutation: {
    login: (_mutation, { username, password }, { services, client }) =>
      services.login({ username, password, client }),
  },
} satisfies Resolvers;
