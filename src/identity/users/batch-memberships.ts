import { createLoader } from '../../context/loader.ts';
import type { Stores } from '../stores.ts';

/** Reads the memberships of many users in one statement. */
export function batchMemberships({ memberships }: Pick<Stores, 'memberships'>) {
  const loader = createLoader(async (userIds: readonly string[]) => {
    const found = await memberships.findActiveOf([...new Set(userIds)]);
    return userIds.map((id) => found.filter(({ userId }) => userId === id));
  });
  return (userId: string) => loader.load(userId);
}
