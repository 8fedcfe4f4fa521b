import { defineDomain } from '../../composition/domain.ts';
import { passwordHash } from '../../composition/pricing.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { isSelf } from './user.policies.ts';
import { createUserResolvers } from './user.resolvers.ts';

/** Users and their memberships. */
export const createUserDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'user',
    typeDefs: sdlFile(new URL('user.graphql', import.meta.url)),
    resolvers: createUserResolvers(partsOf),
    policies: { SELF: isSelf },
    loaders: {
      users: { one: (ids) => partsOf().stores.users.findByIds(ids) },
      memberships: {
        many: (userIds) => partsOf().stores.memberships.findActiveOf(userIds),
        key: 'userId',
      },
    },
    costs: { 'Mutation.createUser': passwordHash, 'Mutation.resetPassword': passwordHash },
  });
