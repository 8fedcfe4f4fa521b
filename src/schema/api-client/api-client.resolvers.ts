import { originOf } from '../audit/origin.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { parseApiClient } from './api-client.input.ts';

export const apiClientResolvers = {
  Query: {
    apiClients: (_query, _args, { stores }) => stores.apiClients.findAll(),
  },
  Mutation: {
    createApiClient: (_mutation, args, context) =>
      context.services.apiClientIssuer.create(parseApiClient(args), originOf(context)),
    rotateApiClientSecret: (_mutation, { id }, context) =>
      context.services.apiClientIssuer.rotate(id, originOf(context)),
    disableApiClient: (_mutation, { id }, context) =>
      context.stores.apiClients.disable(id, originOf(context)),
  },
} satisfies Resolvers;
