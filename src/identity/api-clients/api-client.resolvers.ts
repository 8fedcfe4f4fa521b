import { originOf } from '../../changes/origin.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';
import { parseApiClient } from './api-client.input.ts';

export const createApiClientResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      apiClients: () => partsOf().stores.apiClients.findAll(),
    },
    Mutation: {
      createApiClient: (_mutation, args, context) => {
        const { apiClientIssuer, newUserRules } = partsOf().services;
        return apiClientIssuer.create(parseApiClient(args, newUserRules.groups), originOf(context));
      },
      rotateApiClientSecret: (_mutation, { id }, context) =>
        partsOf().services.apiClientIssuer.rotate(id, originOf(context)),
      disableApiClient: (_mutation, { id }, context) =>
        partsOf().stores.apiClients.disable(id, originOf(context)),
    },
    ApiClient: {
      groups: ({ groups }) => partsOf().services.newUserRules.groups.inEffect(groups),
    },
  }) satisfies Resolvers;
