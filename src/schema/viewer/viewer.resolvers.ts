import { authenticatedOf } from '../../authentication/viewer.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { required } from '../required.ts';
import { inSchemaOrder } from '../user/groups.ts';
import { typeOfPrincipal } from './principal.ts';

export const viewerResolvers = {
  Query: {
    viewer: (_query, _args, { viewer }) => authenticatedOf(viewer),
    me: (_query, _args, context) => {
      const viewer = authenticatedOf(context.viewer);
      if (viewer.kind !== 'user') return null;
      // The viewer was read for this request: nothing is gained by reading it again.
      const { stores, loaders } = context;
      return stores.sessions.userReadWith(viewer) ?? loaders.users.load(viewer.userId);
    },
    principal: async (_query, { id }, { loaders }) =>
      (await loaders.users.load(id)) ?? loaders.apiClients.load(id),
  },
  Viewer: {
    access: (viewer, _args, { services }) => [...services.accessOf(viewer)],
    principal: (viewer, _args, { loaders }) =>
      viewer.kind === 'user'
        ? required(loaders.users.load(viewer.userId))
        : required(loaders.apiClients.load(viewer.clientId)),
    groups: ({ groups }) => inSchemaOrder(groups),
  },
  Principal: {
    __resolveType: typeOfPrincipal,
  },
} satisfies Resolvers;
