import { userOf } from '../../authentication/viewer.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { required } from '../required.ts';
import { inSchemaOrder } from '../user/groups.ts';

export const viewerResolvers = {
  Query: {
    viewer: (_query, _args, { viewer }) => userOf(viewer),
    me: (_query, _args, { viewer, loaders }) => loaders.users.load(userOf(viewer).userId),
  },
  Viewer: {
    principal: ({ userId }, _args, { loaders }) => required(loaders.users.load(userId)),
    groups: ({ groups }) => inSchemaOrder(groups),
  },
  Principal: {
    __resolveType: () => 'User',
  },
} satisfies Resolvers;
