import { type AnyDomain, defineDomain } from '../schema/domain.ts';
import { passwordHash } from '../schema/pricing.ts';
import { sdlFile } from '../schema/sdl/sdl-file.ts';
import { createApiClientResolvers } from './api-clients/api-client.resolvers.ts';
import { createAuditResolvers } from './audit/audit.resolvers.ts';
import type { IdentityContext } from './identity-context.ts';
import type { PartsOf } from './identity-parts.ts';
import { createInvitationResolvers } from './places/invitation.resolvers.ts';
import { createIsPlaceGranter, createPlaceResolvers } from './places/place.resolvers.ts';
import { isSelf, isSessionOwner, isUser } from './policies.ts';
import { createSessionResolvers } from './sessions/session.resolvers.ts';
import { createUserResolvers } from './users/user.resolvers.ts';
import { createViewerResolvers } from './viewer/viewer.resolvers.ts';

const define = defineDomain<IdentityContext>;
const sdl = (path: string) => sdlFile(new URL(path, import.meta.url));

/** Gatehouse's own domains, in schema order. */
export const createIdentityDomains = (partsOf: PartsOf): readonly AnyDomain[] => [
  define({
    name: 'server-info',
    typeDefs: sdl('server-info.graphql'),
    resolvers: { Query: { serverInfo: () => partsOf().services.serverInfo } },
  }),
  define({
    name: 'viewer',
    typeDefs: sdl('viewer/viewer.graphql'),
    resolvers: createViewerResolvers(partsOf),
  }),
  defineSessions(partsOf),
  defineUsers(partsOf),
  define({
    name: 'api-client',
    typeDefs: sdl('api-clients/api-client.graphql'),
    resolvers: createApiClientResolvers(partsOf),
    loaders: { apiClients: { one: (ids) => partsOf().stores.apiClients.findByIds(ids) } },
  }),
  define({
    name: 'audit',
    typeDefs: sdl('audit/audit.graphql'),
    resolvers: createAuditResolvers(partsOf),
    events: {
      auditEventAdded: {
        table: 'gatehouse.audit_events',
        read: (ids) => partsOf().stores.audit.findByIds(ids),
      },
    },
  }),
];

/** The domains of groups that are held in places. */
export const createPlaceDomains = (partsOf: PartsOf): readonly AnyDomain[] => [
  define({
    name: 'place',
    typeDefs: sdl('places/place.graphql'),
    resolvers: createPlaceResolvers(partsOf),
    policies: { PLACE_GRANTER: createIsPlaceGranter(partsOf) },
  }),
  define({
    name: 'place-invitation',
    typeDefs: sdl('places/invitation.graphql'),
    resolvers: createInvitationResolvers(partsOf),
  }),
];

const defineSessions = (partsOf: PartsOf) =>
  define({
    name: 'session',
    typeDefs: sdl('sessions/session.graphql'),
    resolvers: createSessionResolvers(partsOf),
    policies: { USER: isUser, SESSION_OWNER: isSessionOwner },
    loaders: {
      sessions: { one: (ids) => partsOf().stores.sessions.findByIds(ids) },
    },
    costs: {
      'Mutation.login': passwordHash,
      'Mutation.startSession': passwordHash,
      'Mutation.completeLogin': passwordHash,
      'Mutation.completeSession': passwordHash,
      'Mutation.reauthenticate': passwordHash,
      'Mutation.changePassword': 2 * passwordHash,
    },
  });

const defineUsers = (partsOf: PartsOf) =>
  define({
    name: 'user',
    typeDefs: sdl('users/user.graphql'),
    resolvers: createUserResolvers(partsOf),
    policies: { SELF: isSelf },
    loaders: {
      users: { one: (ids) => partsOf().stores.users.findByIds(ids) },
      memberships: {
        many: (userIds) => partsOf().stores.memberships.findActiveOf(userIds),
        key: 'userId',
      },
      lastSeenAtOfUser: {
        batch: (userIds: readonly string[]) => partsOf().stores.sessions.lastUsesOf(userIds),
      },
    },
    costs: { 'Mutation.createUser': passwordHash, 'Mutation.resetPassword': passwordHash },
  });
