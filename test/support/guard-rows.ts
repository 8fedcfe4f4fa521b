import type { GuardViewer } from './guard-world.ts';

/** What shows that one guard of the SDL holds: who is refused because of it, and who is admitted. */
export interface GuardRow {
  /** The coordinate at which it stands; of several on one element, the second is `... #2`. */
  readonly guard: string;
  /** Variables of `guard-world.ts` are made for each row that names them. */
  readonly asking: string;
  readonly refused: GuardViewer;
  /** All that the refusal names, in document order. Absent: the guard's own coordinate alone. */
  readonly naming?: readonly string[];
  readonly admitted: readonly GuardViewer[];
  /** Another guard that asks the same at the same place: only without both of them is it open. */
  readonly twin?: string;
  /** For `rows`: who gets an empty list, while there are rows of others. What is asked has `edges`. */
  readonly narrowed?: { readonly asking: string; readonly by: GuardViewer };
  /** For a policy: what else is asked, by whom it admits. */
  readonly own?: { readonly asking: string; readonly admitted: readonly GuardViewer[] };
}

const otherUser = 'mutation ($other: ID!)';

/** The reports of the console are for those who may see everything about access. */
const consoleRows: readonly GuardRow[] = [
  ['consoleLastAdmin', '{ consoleLastAdmin }'],
  ['consoleUsers', '{ consoleUsers { enabled } }'],
  ['consoleMatrix', '{ consoleMatrix { columns } }'],
  ['consoleChanges', '{ consoleChanges { columns } }'],
  ['consoleWays', '{ consoleWays(coordinate: "Query.me") { hasMore } }'],
  ['consoleGroups', '{ consoleGroups { name } }'],
  ['consoleGroup', '{ consoleGroup(name: "STAFF") { reached } }'],
  ['consoleView', '{ consoleView { groups } }'],
  ['consoleOperations', '{ consoleOperations { columns } }'],
  ['consoleUnusedRights', '{ consoleUnusedRights { gaps { from } } }'],
  ['consoleHealth', '{ consoleHealth { checkedAt } }'],
].map(([field = '', asking = '']) => ({
  guard: `Query.${field}`,
  asking,
  refused: 'MANAGER',
  admitted: ['ADMIN', 'AUDITOR'],
}));

/** One row for each `@auth` of the API: a new guard needs a row, and nothing else. */
export const guardRows: readonly GuardRow[] = [
  ...consoleRows,
  {
    guard: 'Query.consoleDefaults',
    asking: '{ consoleDefaults { passwordMinLength } }',
    refused: 'client',
    admitted: ['groupless'],
  },
  {
    guard: 'ConsoleDefaults.newUserGroups',
    asking: '{ consoleDefaults { newUserGroups } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
  },
  {
    guard: 'ConsoleUsers.disabled',
    asking: '{ consoleUsers { disabled } }',
    refused: 'AUDITOR',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Query.consoleHistory',
    asking: '{ consoleHistory { next } }',
    refused: 'client',
    admitted: ['groupless', 'ADMIN'],
  },
  {
    guard: 'Query.viewer',
    asking: '{ viewer { groups } }',
    refused: 'anonymous',
    admitted: ['groupless', 'client'],
  },
  {
    guard: 'Query.me',
    asking: '{ me { id } }',
    refused: 'anonymous',
    admitted: ['groupless', 'client'],
  },
  {
    guard: 'Query.principal',
    asking: 'query ($other: ID!) { principal(id: $other) { id } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
  },
  {
    guard: 'Query.user',
    asking: 'query ($other: ID!) { user(id: $other) { id } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
    own: { asking: 'query ($self: ID!) { user(id: $self) { id } }', admitted: ['groupless'] },
  },
  {
    guard: 'Query.users',
    asking: '{ users { pageInfo { hasNextPage } } }',
    refused: 'STAFF',
    admitted: ['ADMIN', 'AUDITOR', 'MANAGER'],
  },
  {
    guard: 'Query.users(includeDisabled:)',
    asking: '{ users(includeDisabled: true) { pageInfo { hasNextPage } } }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Query.users(onlyDisabled:)',
    asking: '{ users(onlyDisabled: true) { pageInfo { hasNextPage } } }',
    refused: 'AUDITOR',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Query.users(includeEmail:)',
    asking: '{ users(search: "none@example.org", includeEmail: true) { edges { cursor } } }',
    refused: 'AUDITOR',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Query.members',
    asking: '{ members(group: "STAFF") { pageInfo { hasNextPage } } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
  },
  {
    guard: 'Mutation.createUser',
    asking: `mutation ($name: String!, $password: String!) {
      createUser(input: { username: $name, password: $password }) { id } }`,
    refused: 'STAFF',
    admitted: ['ADMIN', 'MANAGER'],
  },
  {
    guard: 'Mutation.createUser',
    asking: `mutation ($name: String!, $password: String!) {
      createUser(input: { username: $name, password: $password }) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN', 'MANAGER'],
  },
  {
    guard: 'CreateUserInput.groups',
    asking: `mutation ($name: String!, $password: String!) {
      createUser(input: { username: $name, password: $password, groups: [STAFF] }) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.updateUser',
    asking: `${otherUser} { updateUser(id: $other, input: { displayName: "X" }) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
    own: {
      asking: 'mutation ($self: ID!) { updateUser(id: $self, input: { displayName: "X" }) { id } }',
      admitted: ['groupless'],
    },
  },
  {
    guard: 'UpdateUserInput.username',
    asking: `mutation ($self: ID!, $name: String!) {
      updateUser(id: $self, input: { username: $name }) { id } }`,
    refused: 'STAFF',
    admitted: ['ADMIN'],
  },
  {
    guard: 'UpdateUserInput.username',
    asking: `mutation ($self: ID!, $name: String!) {
      updateUser(id: $self, input: { username: $name }) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.disableUser',
    asking: `${otherUser} { disableUser(id: $other) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.disableUser',
    asking: `${otherUser} { disableUser(id: $other) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.enableUser',
    asking: `${otherUser} { enableUser(id: $other) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.enableUser',
    asking: `${otherUser} { enableUser(id: $other) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.deleteUser',
    asking: `${otherUser} { deleteUser(id: $other) }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.deleteUser',
    asking: `${otherUser} { deleteUser(id: $other) }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.resetPassword',
    asking: `mutation ($other: ID!, $password: String!) {
      resetPassword(userId: $other, newPassword: $password) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.resetPassword',
    asking: `mutation ($other: ID!, $password: String!) {
      resetPassword(userId: $other, newPassword: $password) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.grantGroup',
    asking: `${otherUser} { grantGroup(userId: $other, group: STAFF) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.revokeGroup',
    asking: `${otherUser} { revokeGroup(userId: $other, group: STAFF) { id } }`,
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'User.email',
    asking: '{ users { edges { node { email } } } }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
    own: { asking: '{ me { email } }', admitted: ['groupless'] },
  },
  {
    guard: 'User.memberships',
    asking: '{ users { edges { node { memberships { group } } } } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
    own: { asking: '{ me { memberships { group } } }', admitted: ['groupless'] },
  },
  {
    guard: 'User.lastSeenAt',
    asking: '{ users { edges { node { lastSeenAt } } } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
    own: { asking: '{ me { lastSeenAt } }', admitted: ['groupless'] },
  },
  {
    guard: 'User.sessions',
    asking: '{ users { edges { node { sessions { id } } } } }',
    refused: 'AUDITOR',
    admitted: ['ADMIN'],
    own: { asking: '{ me { sessions { id } } }', admitted: ['groupless'] },
  },
  {
    guard: 'UpdateUserInput.email',
    asking: `${otherUser} { updateUser(id: $other, input: { email: "a@b.example" }) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Group.ADMIN',
    asking: `${otherUser} { grantGroup(userId: $other, group: ADMIN) { id } }`,
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.reauthenticate',
    asking: `mutation ($password: String!) {
      reauthenticate(proof: { password: $password }) { tokenType } }`,
    refused: 'client',
    admitted: ['leaver'],
  },
  {
    guard: 'Mutation.logout',
    asking: 'mutation { logout }',
    refused: 'client',
    admitted: ['leaver'],
  },
  {
    guard: 'Mutation.logoutEverywhere',
    asking: 'mutation { logoutEverywhere }',
    refused: 'client',
    admitted: ['leaver'],
  },
  {
    guard: 'Mutation.changePassword',
    asking: `mutation ($password: String!) {
      changePassword(currentPassword: $password, newPassword: $password) { tokenType } }`,
    refused: 'client',
    admitted: ['leaver'],
  },
  {
    guard: 'Mutation.endSession',
    asking: 'mutation ($session: ID!) { endSession(id: $session) }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
    own: {
      asking: 'mutation ($ownSession: ID!) { endSession(id: $ownSession) }',
      admitted: ['leaver'],
    },
  },
  {
    guard: 'Query.apiClients',
    asking: '{ apiClients { id } }',
    refused: 'MANAGER',
    admitted: ['ADMIN', 'AUDITOR'],
  },
  {
    guard: 'Mutation.createApiClient',
    asking: 'mutation ($name: String!) { createApiClient(name: $name, groups: []) { secret } }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.createApiClient',
    asking: 'mutation ($name: String!) { createApiClient(name: $name, groups: []) { secret } }',
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.rotateApiClientSecret',
    asking: 'mutation ($client: ID!) { rotateApiClientSecret(id: $client) { secret } }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.rotateApiClientSecret',
    asking: 'mutation ($client: ID!) { rotateApiClientSecret(id: $client) { secret } }',
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.disableApiClient',
    asking: 'mutation ($client: ID!) { disableApiClient(id: $client) { id } }',
    refused: 'MANAGER',
    admitted: ['ADMIN'],
  },
  {
    guard: 'Mutation.disableApiClient',
    asking: 'mutation ($client: ID!) { disableApiClient(id: $client) { id } }',
    refused: 'stale',
    admitted: ['ADMIN'],
  },
  {
    // No operation depends on it alone: every way to another's client is as narrow. Its name shows it.
    guard: 'ApiClient.lastUsedAt',
    asking: '{ apiClients { lastUsedAt } }',
    refused: 'anonymous',
    naming: ['Query.apiClients', 'ApiClient.lastUsedAt'],
    admitted: ['ADMIN', 'AUDITOR'],
    own: {
      asking: '{ viewer { principal { ... on ApiClient { lastUsedAt } } } }',
      admitted: ['client'],
    },
  },
  {
    guard: 'Query.room',
    asking: 'query ($room: ID!) { room(id: $room) { id } }',
    refused: 'anonymous',
    admitted: ['groupless', 'client'],
  },
  {
    guard: 'Query.rooms',
    asking: '{ rooms { pageInfo { hasNextPage } } }',
    refused: 'anonymous',
    admitted: ['groupless', 'client'],
  },
  {
    guard: 'Query.roomEntries',
    asking: '{ roomEntries { pageInfo { hasNextPage } } }',
    refused: 'anonymous',
    admitted: ['MANAGER', 'AUDITOR', 'groupless', 'client'],
    twin: 'RoomEntry',
  },
  {
    guard: 'RoomEntry',
    asking: '{ roomEntries { edges { node { id } } } }',
    refused: 'anonymous',
    naming: ['Query.roomEntries', 'RoomEntryEdge.node'],
    admitted: ['MANAGER', 'AUDITOR', 'groupless', 'client'],
    narrowed: { asking: '{ roomEntries { edges { node { id } } } }', by: 'groupless' },
  },
  {
    guard: 'Mutation.createRoom',
    asking: `mutation ($name: String!) {
      createRoom(input: { name: $name, floor: 1, groups: [] }) { id } }`,
    refused: 'ADMIN',
    admitted: ['MANAGER'],
  },
  {
    guard: 'Mutation.updateRoom',
    asking: `mutation ($room: ID!, $name: String!) {
      updateRoom(id: $room, input: { name: $name, floor: 1, groups: [] }) { id } }`,
    refused: 'ADMIN',
    admitted: ['MANAGER'],
  },
  {
    guard: 'Mutation.deleteRoom',
    asking: 'mutation ($room: ID!) { deleteRoom(id: $room) }',
    refused: 'ADMIN',
    admitted: ['MANAGER'],
  },
  {
    guard: 'Mutation.enterRoom',
    asking: 'mutation ($room: ID!) { enterRoom(id: $room) { id } }',
    refused: 'ADMIN',
    admitted: ['STAFF'],
  },
  {
    guard: 'Room.accessCode',
    asking: 'query ($room: ID!) { room(id: $room) { accessCode } }',
    refused: 'ADMIN',
    admitted: ['MANAGER', 'STAFF'],
  },
  {
    guard: 'Room.entries',
    asking: 'query ($room: ID!) { room(id: $room) { entries { pageInfo { hasNextPage } } } }',
    refused: 'ADMIN',
    admitted: ['MANAGER', 'AUDITOR'],
  },
  {
    guard: 'Query.auditEvents',
    asking: '{ auditEvents { pageInfo { hasNextPage } } }',
    refused: 'ADMIN',
    admitted: ['AUDITOR'],
  },
  {
    // No operation depends on it alone: `auditEvents` is the one way to events. Its name shows it.
    guard: 'AuditEvent',
    asking: '{ auditEvents { edges { node { action } } } }',
    refused: 'ADMIN',
    naming: ['Query.auditEvents', 'AuditEventEdge.node', 'AuditEvent.action'],
    admitted: ['AUDITOR'],
  },
  {
    guard: 'Query.recordReads',
    asking: '{ recordReads(type: "User", id: "1") { pageInfo { hasNextPage } } }',
    refused: 'ADMIN',
    admitted: ['AUDITOR'],
  },
  {
    // No operation depends on it alone: `recordReads` is the one way to reads. Its name shows it.
    guard: 'RecordRead',
    asking: '{ recordReads(type: "User", id: "1") { edges { node { coordinate } } } }',
    refused: 'ADMIN',
    naming: ['Query.recordReads', 'RecordReadEdge.node', 'RecordRead.coordinate'],
    admitted: ['AUDITOR'],
  },
  {
    guard: 'Subscription.roomEntered',
    asking: 'subscription { roomEntered { id } }',
    refused: 'STAFF',
    admitted: ['MANAGER', 'AUDITOR'],
  },
  {
    guard: 'Subscription.auditEventAdded',
    asking: 'subscription { auditEventAdded { id } }',
    refused: 'ADMIN',
    naming: ['Subscription.auditEventAdded', 'AuditEvent.id'],
    admitted: ['AUDITOR'],
    twin: 'AuditEvent',
  },
];
