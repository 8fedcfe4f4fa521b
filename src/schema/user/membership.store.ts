import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError, NotFoundError } from '../../errors.ts';
import type { Group } from '../generated/resolver-types.ts';
import { isUuid } from '../uuid.ts';
import { lockAdmins, requireAnAdmin } from './last-admin.store.ts';
import {
  type MembershipRecord,
  membershipFields,
  type UserRecord,
  userFields,
} from './user.records.ts';
import type { StoreDependencies } from './user.store.ts';

export interface Grant {
  readonly userId: string;
  readonly group: Group;
  /** When it ends by itself; null: never. */
  readonly expiresAt: Date | null;
  /** Who grants it; null: the system. */
  readonly grantedById: string | null;
}

export type MembershipStore = ReturnType<typeof createMembershipStore>;

/** Reads and writes who is in which group. Every change is one transaction. */
export function createMembershipStore({ database, now }: StoreDependencies) {
  return {
    /** Memberships that have not ended, of many users at once. */
    findActiveOf: (userIds: readonly string[]): Promise<MembershipRecord[]> =>
      database.membership.findMany({
        where: {
          userId: { in: [...userIds] },
          OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }],
        },
        orderBy: [{ userId: 'asc' }, { group: 'asc' }],
        select: membershipFields,
      }),

    /**
     * Granted again, the new end counts.
     *
     * @throws {BadUserInputError} when the end is not in the future.
     * @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN, when the last ADMIN would end.
     */
    grant: ({ userId, group, ...grant }: Grant): Promise<UserRecord> =>
      database.$transaction(async (transaction) => {
        if (group === 'ADMIN') await lockAdmins(transaction);
        const user = await requireUser(transaction, userId);
        const granted = { ...grant, grantedAt: now() };
        requireLaterEnd(granted);
        await transaction.membership.upsert({
          where: { userId_group: { userId, group } },
          create: { userId, group, ...granted },
          update: granted,
        });
        if (group === 'ADMIN') await requireAnAdmin(transaction);
        return user;
      }),

    /** @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN. */
    revoke: (userId: string, group: Group): Promise<UserRecord> =>
      database.$transaction(async (transaction) => {
        if (group === 'ADMIN') await lockAdmins(transaction);
        const user = await requireUser(transaction, userId);
        await transaction.membership.deleteMany({ where: { userId, group } });
        if (group === 'ADMIN') await requireAnAdmin(transaction);
        return user;
      }),
  };
}

function requireLaterEnd({
  grantedAt,
  expiresAt,
}: Pick<MembershipRecord, 'grantedAt' | 'expiresAt'>) {
  if (expiresAt === null || expiresAt > grantedAt) return;
  throw new BadUserInputError('expiresAt', '`expiresAt` lies in the future.');
}

async function requireUser(transaction: DatabaseTransaction, userId: string): Promise<UserRecord> {
  const user = isUuid(userId)
    ? await transaction.user.findUnique({ where: { id: userId }, select: userFields })
    : null;
  if (user === null) throw new NotFoundError('userId', 'There is no user with this id.');
  return user;
}
