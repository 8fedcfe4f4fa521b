import { z } from 'zod';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { ConflictError } from '../../errors.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

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

type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/** Returns the id of the user without whom no permanent ADMIN would be left. Undefined: there are several, or none. */
export async function findLastAdmin(sql: Sql): Promise<string | undefined> {
  const [first, ...others] = await readPermanentAdmins(sql, null, 2);
  return others.length === 0 ? first?.id : undefined;
}

const hasPermanentAdmin = async (sql: Sql, userId: string | null = null): Promise<boolean> =>
  (await readPermanentAdmins(sql, userId, 1)).length > 0;

/**
 * Reads who is enabled and has a membership that lets it manage users permanently: one user, or anyone. A membership that
 * expires is not enough: its end would leave no ADMIN.
 *
 * The user is read in a subquery and the memberships in the order of their index: otherwise PostgreSQL may read all
 * memberships, because it expects to find one soon.
 */
async function readPermanentAdmins(sql: Sql, userId: string | null, limit: number) {
  const found = await sql.$queryRawUnsafe(
    `SELECT membership.user_id::text AS id FROM gatehouse.memberships AS membership
     WHERE membership."group" = 'ADMIN' AND membership.expires_at IS NULL
       AND ($1::uuid IS NULL OR membership.user_id = $1::uuid)
       AND (SELECT disabled_at IS NULL FROM gatehouse.users WHERE id = membership.user_id)
     ORDER BY membership.user_id LIMIT $2::int`,
    userId,
    limit,
  );
  return rows.parse(found);
}

const rows = z.array(z.object({ id: z.string() }));
