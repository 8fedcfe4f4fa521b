import type { DatabaseTransaction } from '../../database/connect.ts';
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
  const wasAdmin = await hasPermanentAdmin(transaction, userId);
  const result = await change();
  if (wasAdmin && !(await hasPermanentAdmin(transaction))) {
    throw new ConflictError(
      'LAST_ADMIN',
      'At least one active ADMIN whose membership does not expire must remain.',
    );
  }
  return result;
}

/**
 * Returns whether the user, or else anyone, is enabled and has a membership that lets it manage users permanently. One
 * that expires is not enough: its end would leave no ADMIN.
 *
 * The user is read in a subquery and the memberships in the order of their index: otherwise PostgreSQL may read all
 * memberships, because it expects to find one soon.
 */
async function hasPermanentAdmin(
  transaction: DatabaseTransaction,
  userId: string | null = null,
): Promise<boolean> {
  const found = await transaction.$queryRaw<object[]>`
    SELECT 1 FROM gatehouse.memberships AS membership
    WHERE membership."group" = 'ADMIN' AND membership.expires_at IS NULL
      AND (${userId}::uuid IS NULL OR membership.user_id = ${userId}::uuid)
      AND (SELECT disabled_at IS NULL FROM gatehouse.users WHERE id = membership.user_id)
    ORDER BY membership.user_id LIMIT 1`;
  return found.length > 0;
}
