import { userOf } from '../../authentication/viewer.ts';
import { parsePage, toConnection } from '../connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { inSchemaOrder } from './groups.ts';
import { parseNewUser, parseSearch, parseUserChanges } from './user.input.ts';

export const userResolvers = {
  Query: {
    user: (_query, { id }, { loaders }) => loaders.users.load(id),
    users: async (_query, { search, includeDisabled, ...args }, { stores }) => {
      const page = parsePage(args);
      const filter = { search: parseSearch(search), includesDisabled: includeDisabled === true };
      return toConnection(await stores.users.page(page, filter), page);
    },
  },
  Mutation: {
    createUser: async (_mutation, { input }, { stores, services, viewer }) => {
      const { password, ...user } = parseNewUser(input, services.minPasswordLength);
      const passwordHash = await services.passwords.hash(password);
      return stores.users.create({ ...user, passwordHash, createdById: userOf(viewer).userId });
    },
    updateUser: (_mutation, { id, input }, { stores }) =>
      stores.users.update(id, parseUserChanges(input)),
    disableUser: (_mutation, { id }, { stores }) => stores.users.disable(id),
    enableUser: (_mutation, { id }, { stores }) => stores.users.enable(id),
    grantGroup: (_mutation, { userId, group, expiresAt }, { stores, viewer }) =>
      stores.memberships.grant({
        userId,
        group,
        expiresAt: expiresAt ?? null,
        grantedById: userOf(viewer).userId,
      }),
    revokeGroup: (_mutation, { userId, group }, { stores }) =>
      stores.memberships.revoke(userId, group),
  },
  User: {
    groups: async ({ id }, _args, { loaders }) => {
      const memberships = await loaders.memberships.load(id);
      return inSchemaOrder(memberships.map(({ group }) => group));
    },
    memberships: ({ id }, _args, { loaders }) => loaders.memberships.load(id),
  },
  Membership: {
    grantedBy: ({ grantedById }, _args, { loaders }) =>
      grantedById === null ? null : loaders.users.load(grantedById),
  },
} satisfies Resolvers;
