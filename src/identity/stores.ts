import type { LogTable } from '../values/log-table.ts';
import { createAccessHistoryStore } from './access/access-history.store.ts';
import { createApiClientStore } from './api-clients/api-client.store.ts';
import { createAuditStore } from './audit/audit.store.ts';
import { createLogStore } from './audit/log.store.ts';
import { createGroupStore } from './groups/group.store.ts';
import { createPackageAccountStore } from './packages/package-accounts.store.ts';
import { createPlaceInvitationStore } from './places/invitation.store.ts';
import { createPlaceGrantStore } from './places/place-grants.store.ts';
import { createPlaceMembershipStore } from './places/place-membership.store.ts';
import { createAccountChanges } from './sessions/login/account.store.ts';
import { createSessionStore } from './sessions/session.store.ts';
import { type SessionStoreDependencies, withWrite } from './store-dependencies.ts';
import { createMembershipStore } from './users/membership.store.ts';
import { createUserStore } from './users/user.store.ts';

/** Creates identity's stores, once in a process. `logs`: the audit log, and the logs of packages. */
export function createStores({
  logs,
  ...options
}: Omit<SessionStoreDependencies, 'write' | 'writeStatement'> & {
  readonly logs: readonly LogTable[];
}) {
  const dependencies = withWrite(options);
  return {
    users: { ...createUserStore(dependencies), ...createAccountChanges(dependencies) },
    memberships: createMembershipStore(dependencies),
    sessions: createSessionStore(dependencies),
    apiClients: createApiClientStore(dependencies),
    groups: createGroupStore(dependencies),
    placeGrants: createPlaceGrantStore(dependencies),
    placeMemberships: createPlaceMembershipStore(dependencies),
    placeInvitations: createPlaceInvitationStore(dependencies),
    audit: createAuditStore(dependencies),
    accessHistory: createAccessHistoryStore(dependencies),
    logs: logs.map((log) => createLogStore(dependencies, log)),
    packageAccounts: createPackageAccountStore(dependencies),
  };
}

export type Stores = ReturnType<typeof createStores>;
