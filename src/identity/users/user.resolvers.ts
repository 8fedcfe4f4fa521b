import { propertyOr } from '@gatehouse/authorization';
import { originOf } from '../../changes/origin.ts';
import { parsePage, toConnection } from '../../values/page.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { parseSearch, parseSessionPage, parseUserChanges } from './user.input.ts';
import type { UserParent } from './user.records.ts';
import { createUser, resetPassword } from './user-accounts.ts';
import { userNotFound } from './user-row.store.ts';

export const createUserResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      user: (_query, { id }, { load }) => load.users(id),
      users: async (_query, { search, includeDisabled, ...args }, { fromReplica }, info) => {
        const page = parsePage(args);
        const filter = { search: parseSearch(search), includesDisabled: includeDisabled === true };
        const { users, searchedBy } = await fromReplica(info, (_db, source) =>
          partsOf().stores.users.page(page, filter, source),
        );
        return { searchedBy, ...toConnection(users, page) };
      },
    },
    Mutation: {
      createUser: (_mutation, { input }, context) =>
        createUser(partsOf(), input, originOf(context)),
      updateUser: (_mutation, { id, input }, context) =>
        partsOf().stores.users.update(id, parseUserChanges(input), originOf(context)),
      disableUser: (_mutation, { id }, context) =>
        partsOf().stores.users.disable(id, originOf(context)),
      enableUser: (_mutation, { id }, context) =>
        partsOf().stores.users.enable(id, originOf(context)),
      deleteUser: (_mutation, { id }, context) =>
        partsOf().stores.users.delete(id, originOf(context)),
      resetPassword: async (_mutation, { id, newPassword }, context) => {
        const user = await context.load.users(id);
        if (user === null) throw userNotFound('id');
        return resetPassword(partsOf(), { user, newPassword }, originOf(context));
      },
      grantGroup: (_mutation, { userId, group, expiresAt }, context) =>
        partsOf().stores.memberships.grant(
          { userId, group, expiresAt: expiresAt ?? null },
          originOf(context),
        ),
      revokeGroup: (_mutation, { userId, group }, context) =>
        partsOf().stores.memberships.revoke(userId, group, originOf(context)),
    },
    User: {
      // Without a promise for users read with their groups: a page of users would wait for one each.
      groups: {
        resolve: propertyOr(
          'groups',
          async ({ id }: UserParent, _args: unknown, { load }: IdentityContext) => {
            const { groups } = partsOf().services.newUserRules;
            return groups.inEffect((await load.memberships(id)).map(({ group }) => group));
          },
        ),
      },
      memberships: async ({ id }, _args, { load }) => {
        const { groups } = partsOf().services.newUserRules;
        return (await load.memberships(id)).filter(({ group }) => groups.has(group));
      },
      sessions: ({ id }, args, { load }) =>
        load.sessionsOfUser({ ownerId: id, page: parseSessionPage(args) }),
    },
    Membership: {
      grantedBy: ({ grantedById }, _args, { load }) =>
        grantedById === null ? null : load.users(grantedById),
    },
  }) satisfies Resolvers;
