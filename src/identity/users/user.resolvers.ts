import { propertyOr } from '@graphql-gatehouse/authorization';
import { originOf } from '../../changes/origin.ts';
import type { PageRequest } from '../../context/read-page.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { toIdPage } from '../id-page.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { updateUser } from './update-user.ts';
import { parseSearch, parseSessionPage } from './user.input.ts';
import type { UserParent } from './user.records.ts';
import { createUser, resetPassword } from './user-accounts.ts';
import type { UserFilter, UserPage } from './user-page.store.ts';
import { userNotFound } from './user-row.store.ts';

export const createUserResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      user: (_query, { id }, { load }) => load.users(id),
      users: (_query, args, context, info) => {
        const filter = {
          search: parseSearch(args.search),
          includesEmail: args.includeEmail === true,
          state: args.onlyDisabled ? 'disabled' : args.includeDisabled ? 'any' : 'enabled',
        } as const;
        return pageOfUsers(partsOf, filter, { context, info });
      },
      members: (_query, { group }, context, info) => {
        partsOf().services.newUserRules.groups.requireAll([group], 'group');
        return pageOfUsers(partsOf, { group }, { context, info });
      },
    },
    Mutation: {
      createUser: (_mutation, { input }, context) =>
        createUser(partsOf(), input, originOf(context)),
      updateUser: (_mutation, args, context) => updateUser(partsOf(), args, context),
      disableUser: (_mutation, { id }, context) =>
        partsOf().stores.users.disable(id, originOf(context)),
      enableUser: (_mutation, { id }, context) =>
        partsOf().stores.users.enable(id, originOf(context)),
      deleteUser: (_mutation, { id }, context) =>
        partsOf().stores.users.delete(id, originOf(context)),
      resetPassword: async (_mutation, { userId, newPassword }, context) => {
        const user = await context.load.users(userId);
        if (user === null) throw userNotFound('userId');
        return resetPassword(partsOf(), { user, newPassword }, originOf(context));
      },
      async grantGroup(_mutation, { userId, group, within, expiresAt }, context) {
        const { stores, services } = partsOf();
        const grant = { userId, group, expiresAt: expiresAt ?? null };
        if (within === undefined || within === null) {
          return stores.memberships.grant(grant, originOf(context));
        }
        const type = services.placeGrants.requireType(group, 'within');
        const asked = { coordinate: 'Mutation.grantGroup', type, within };
        const found = await services.placeGrants.requirePlace(asked, context);
        return stores.placeMemberships.grant(Object.assign(grant, found), originOf(context));
      },
      async revokeGroup(_mutation, { userId, group, within }, context) {
        const { stores, services } = partsOf();
        if (within === undefined || within === null) {
          return stores.memberships.revoke(userId, group, originOf(context));
        }
        const type = services.placeGrants.requireType(group, 'within');
        const asked = { coordinate: 'Mutation.revokeGroup', type, within };
        const found = await services.placeGrants.requirePlace(asked, context);
        const revoked = Object.assign({ userId, group }, found);
        return stores.placeMemberships.revoke(revoked, originOf(context));
      },
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
      lastSeenAt: ({ id }, _args, { load }) => load.lastSeenAtOfUser(id),
      memberships: async ({ id }, _args, { load }) => {
        const { groups } = partsOf().services.newUserRules;
        return (await load.memberships(id)).filter(({ group }) => groups.has(group));
      },
      sessions: ({ id }, args, { list }, info) => {
        const page = parseSessionPage(args);
        const read = ({ owners }: { readonly owners: readonly string[] }) =>
          partsOf().stores.sessions.pageOf(owners, page);
        return list(info, { read }, { by: 'userId', of: id });
      },
    },
    Membership: {
      source: ({ source }) => (source === '' ? null : source),
      grantedBy: ({ grantedById }, _args, { load }) =>
        grantedById === null ? null : load.users(grantedById),
    },
  }) satisfies Resolvers;

interface Asked {
  readonly context: IdentityContext;
  readonly info: Parameters<IdentityContext['page']>[0];
}

const pageOfUsers = (partsOf: PartsOf, filter: UserFilter, { context, info }: Asked) =>
  context.fromReplica(info, async (_db, source) => {
    let outcome: Pick<UserPage, 'searchedBy' | 'isComplete'> = {
      searchedBy: null,
      isComplete: true,
    };
    const read = async (request: PageRequest) => {
      const { users, ...found } = await partsOf().stores.users.page(
        toIdPage(request),
        filter,
        source,
      );
      outcome = found;
      return users;
    };
    const { edges, pageInfo } = await context.page(info, { read });
    return { edges, pageInfo, ...outcome };
  });
