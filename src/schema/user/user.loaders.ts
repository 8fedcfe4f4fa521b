import DataLoader from 'dataloader';
import type { MembershipStore } from './membership.store.ts';
import type { MembershipRecord, UserRecord } from './user.records.ts';
import type { UserStore } from './user.store.ts';

/**
 * Batches one request's reads of users and memberships. Keeps nothing: what a mutation's next field
 * reads may have been changed by the one before.
 */
export function createUserLoaders(stores: {
  readonly users: UserStore;
  readonly memberships: MembershipStore;
}) {
  return {
    users: new DataLoader<string, UserRecord | null>(async (ids) => {
      const users = await stores.users.findByIds(ids);
      const byId = new Map(users.map((user) => [user.id, user]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }, uncached),
    memberships: new DataLoader<string, readonly MembershipRecord[]>(async (userIds) => {
      const memberships = await stores.memberships.findActiveOf(userIds);
      return userIds.map((id) => memberships.filter(({ userId }) => userId === id));
    }, uncached),
  };
}

const uncached = { cache: false } as const;
