import { defineDomain } from '../../composition/domain.ts';
import { passwordHash } from '../../composition/pricing.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { isSessionOwner, isUser } from './session.policies.ts';
import { createSessionResolvers } from './session.resolvers.ts';

/** Logging in and out. */
export const createSessionDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'session',
    typeDefs: sdlFile(new URL('session.graphql', import.meta.url)),
    resolvers: createSessionResolvers(partsOf),
    policies: { USER: isUser, SESSION_OWNER: isSessionOwner },
    loaders: {
      sessions: { one: (ids) => partsOf().stores.sessions.findByIds(ids) },
      sessionsOfUser: {
        page: (userIds, page) => partsOf().stores.sessions.pageOf(userIds, page),
        key: 'userId',
      },
    },
    costs: { 'Mutation.login': passwordHash, 'Mutation.changePassword': 2 * passwordHash },
  });
