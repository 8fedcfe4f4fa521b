import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import { ConflictError } from '../../errors.ts';

/** An arbitrary key, which must not be used for another advisory lock in this database. */
const adminLock = 4_283_001;

/**
 * Lets only one transaction at a time change who is an ADMIN. Otherwise two admins who revoke each other at the same
 * time would both succeed.
 */
export async function lockAdmins(transaction: DatabaseTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${adminLock}::bigint)`;
}

/**
 * The condition for memberships of enabled users that let them manage users permanently. One that expires is not
 * enough: its end would leave no ADMIN.
 */
const lasting = { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } } as const;

/**
 * Changes a user, and rolls the transaction back if that removes the last permanent ADMIN. In a database without one,
 * for example filled only by commands, any other user may be changed.
 *
 * Call it after `lockAdmins`, and after `findLostRights` has locked the user: until the transaction ends, no other
 * one can then change who is an ADMIN.
 *
 * @throws {ConflictError} LAST_ADMIN.
 */
export async function leaveAnAdmin<Result>(
  transaction: DatabaseTransaction,
  userId: string,
  change: () => Promise<Result>,
): Promise<Result> {
  const wasAdmin = await hasMembership(transaction, { ...lasting, userId });
  const result = await change();
  if (wasAdmin && !(await hasMembership(transaction, lasting))) {
    throw new ConflictError(
      'LAST_ADMIN',
      'At least one active ADMIN whose membership does not expire must remain.',
    );
  }
  return result;
}

const hasMembership = async (
  transaction: DatabaseTransaction,
  where: Prisma.MembershipWhereInput,
): Promise<boolean> =>
  (await transaction.membership.findFirst({ where, select: { userId: true } })) !== null;
