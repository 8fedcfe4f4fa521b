import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import { ConflictError } from '../../errors.ts';

/** Any number will do, as long as no one else uses it for another purpose in this database. */
const adminLock = 4_283_001;

/**
 * Lets one transaction at a time change who is an ADMIN, until it ends. Two admins who revoke each
 * other at once would otherwise each see the other still there.
 */
export async function lockAdmins(transaction: DatabaseTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${adminLock}::bigint)`;
}

/** A membership that lets an enabled user manage users for good. Were one with an end enough, the end would leave none. */
const lasting = { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } } as const;

/**
 * Changes a user, and undoes the transaction when that takes away the last one who can manage users for
 * good. Without any, as in a database that only commands have filled, any other user may change.
 *
 * To be called after `lockAdmins`, and after `findLostRights` has locked the user: nothing else can then make
 * the user an ADMIN, or another one cease to be, before the transaction ends.
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
