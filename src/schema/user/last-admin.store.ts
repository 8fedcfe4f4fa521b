import type { DatabaseTransaction } from '../../database/connect.ts';
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

/**
 * Undoes the transaction when it leaves no one who can manage users for good: an enabled user whose
 * membership of ADMIN has no end. (Were one with an end enough, the end would leave none.)
 *
 * @throws {ConflictError} LAST_ADMIN.
 */
export async function requireAnAdmin(transaction: DatabaseTransaction): Promise<void> {
  const admin = await transaction.membership.findFirst({
    where: { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } },
    select: { userId: true },
  });
  if (admin === null) {
    throw new ConflictError(
      'LAST_ADMIN',
      'At least one active ADMIN whose membership does not expire must remain.',
    );
  }
}
