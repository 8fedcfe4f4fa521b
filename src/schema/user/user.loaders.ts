import { createOwnedLoader, createRecordLoader } from '../loader.ts';
import type { MembershipStore } from './membership.store.ts';
import type { MembershipRecord, UserRecord } from './user.records.ts';
import type { UserStore } from './user.store.ts';

/** Batches reads of users, and of memberships by the id of the user. */
export const createUserLoaders = (stores: {
  readonly users: UserStore;
  readonly memberships: MembershipStore;
}) => ({
  users: createRecordLoader<UserRecord>(stores.users.findByIds),
  memberships: createOwnedLoader<MembershipRecord>(stores.memberships.findActiveOf),
});
