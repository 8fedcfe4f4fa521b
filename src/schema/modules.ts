import { DateTimeResolver } from 'graphql-scalars';
import { createApiClientLoaders } from './api-client/api-client.loaders.ts';
import { apiClientResolvers } from './api-client/api-client.resolvers.ts';
import { createApiClientStore } from './api-client/api-client.store.ts';
import { auditResolvers } from './audit/audit.resolvers.ts';
import { createAuditStore } from './audit/audit.store.ts';
import type {
  MutationResolvers,
  QueryResolvers,
  SubscriptionResolvers,
} from './generated/resolver-types.ts';
import { createRoomLoaders } from './room/room.loaders.ts';
import { isRoomMember } from './room/room.policies.ts';
import { roomResolvers } from './room/room.resolvers.ts';
import { createRoomStore } from './room/room.store.ts';
import { createRoomEntryStore } from './room/room-entry.store.ts';
import { serverInfoResolvers } from './server-info/server-info.resolvers.ts';
import { createSessionLoaders } from './session/session.loaders.ts';
import { isSessionOwner, isUser } from './session/session.policies.ts';
import { sessionResolvers } from './session/session.resolvers.ts';
import { createSessionStore, type SessionStoreDependencies } from './session/session.store.ts';
import { createMembershipStore } from './user/membership.store.ts';
import { createUserLoaders } from './user/user.loaders.ts';
import { isSelf } from './user/user.policies.ts';
import { userResolvers } from './user/user.resolvers.ts';
import { createUserStore } from './user/user.store.ts';
import { viewerResolvers } from './viewer/viewer.resolvers.ts';

/** The domains of the schema: the folder `<name>/` holds `<name>.graphql` and all that belongs to it. */
export const domains = [
  { name: 'server-info', resolvers: serverInfoResolvers },
  { name: 'viewer', resolvers: viewerResolvers },
  { name: 'session', resolvers: sessionResolvers },
  { name: 'user', resolvers: userResolvers },
  { name: 'api-client', resolvers: apiClientResolvers },
  { name: 'room', resolvers: roomResolvers },
  { name: 'audit', resolvers: auditResolvers },
] as const;

const { serialize, parseValue, parseLiteral, extensions } = DateTimeResolver;

/** Without the library's description, which would stand in the place of the schema's own. */
export const scalars = { DateTime: { serialize, parseValue, parseLiteral, extensions } };

/** One predicate for each value of the enum `Policy`. */
export const policies = {
  USER: isUser,
  SELF: isSelf,
  SESSION_OWNER: isSessionOwner,
  ROOM_MEMBER: isRoomMember,
};

/** The stores of all domains. One of each in a process. */
export const createStores = (dependencies: SessionStoreDependencies) => ({
  users: createUserStore(dependencies),
  memberships: createMembershipStore(dependencies),
  sessions: createSessionStore(dependencies),
  apiClients: createApiClientStore(dependencies),
  rooms: createRoomStore(dependencies),
  roomEntries: createRoomEntryStore(dependencies),
  audit: createAuditStore(dependencies),
});

/** The loaders of all domains. One of each in a process: they batch over requests and keep nothing. */
export const createLoaders = (stores: Stores) => ({
  ...createUserLoaders(stores),
  ...createSessionLoaders(stores),
  ...createApiClientLoaders(stores),
  ...createRoomLoaders(stores),
});

export type Stores = ReturnType<typeof createStores>;
export type Loaders = ReturnType<typeof createLoaders>;

type FieldsOf<Root extends string, Resolvers> = Resolvers extends {
  readonly [Key in Root]: infer Fields;
}
  ? keyof Fields
  : never;
type Resolvers = (typeof domains)[number]['resolvers'];
type Unresolved =
  | Exclude<keyof QueryResolvers, FieldsOf<'Query', Resolvers>>
  | Exclude<keyof MutationResolvers, FieldsOf<'Mutation', Resolvers>>
  | Exclude<keyof SubscriptionResolvers, FieldsOf<'Subscription', Resolvers>>;

/** Does not compile as long as a root field has no resolver; the compiler then names it here. */
export const unresolvedRootFields: [Unresolved] extends [never] ? 'none' : Unresolved = 'none';
