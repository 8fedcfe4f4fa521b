import { originOf, turnKeyOf } from '../audit/origin.ts';
import { parsePage, toConnection } from '../connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { inSchemaOrder } from './groups.ts';
import { parseNewPassword, parseNewUser, parseSearch, parseUserChanges } from './user.input.ts';
import { userNotFound } from './user-row.store.ts';

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
    createUser: async (_mutation, { input }, context) => {
      const { stores, services } = context;
      const { password, ...user } = parseNewUser(input, services.minPasswordLength);
      const origin = originOf(context);
      const passwordHash = await services.passwords.hash(password, turnKeyOf(origin));
      return stores.users.create({ ...user, passwordHash }, origin);
    },
    updateUser: (_mutation, { id, input }, context) =>
      context.stores.users.update(id, parseUserChanges(input), originOf(context)),
    disableUser: (_mutation, { id }, context) =>
      context.stores.users.disable(id, originOf(context)),
    enableUser: (_mutation, { id }, context) => context.stores.users.enable(id, originOf(context)),
    deleteUser: (_mutation, { id }, context) => context.stores.users.delete(id, originOf(context)),
    resetPassword: async (_mutation, { id, newPassword }, context) => {
      const { stores, services, loaders } = context;
      const user = await loaders.users.load(id);
      if (user === null) throw userNotFound('id');
      const rules = { minLength: services.minPasswordLength, username: user.username };
      const password = parseNewPassword(newPassword, rules);
      const origin = originOf(context);
      const passwordHash = await services.passwords.hash(password, turnKeyOf(origin));
      return stores.users.resetPassword(user.id, passwordHash, origin);
    },
    grantGroup: (_mutation, { userId, group, expiresAt }, context) =>
      context.stores.memberships.grant(
        { userId, group, expiresAt: expiresAt ?? null },
        originOf(context),
      ),
    revokeGroup: (_mutation, { userId, group }, context) =>
      context.stores.memberships.revoke(userId, group, originOf(context)),
  },
  User: {
    groups: async (user, _args, { stores, loaders }) => {
      const read = stores.sessions.groupsReadWith(user);
      if (read !== undefined) return inSchemaOrder(read);
      const memberships = await loaders.memberships.load(user.id);
      return inSchemaOrder(memberships.map(({ group }) => group));
    },
    memberships: ({ id }, _args, { loaders }) => loaders.memberships.load(id),
    sessions: ({ id }, _args, { loaders }) => loaders.sessionsOfUser.load(id),
  },
  Membership: {
    grantedBy: ({ grantedById }, _args, { loaders }) =>
      grantedById === null ? null : loaders.users.load(grantedById),
  },
} satisfies Resolvers;
