import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import { NotFoundError } from '../../errors.ts';
import { isUuid } from '../../values/uuid.ts';
import { type UserRecord, userFields } from './user.records.ts';

/** The changes of a user. Absent properties stay unchanged. */
export type UserChanges = Pick<
  Prisma.UserUpdateInput,
  | 'username'
  | 'displayName'
  | 'email'
  | 'disabledAt'
  | 'enabledAt'
  | 'passwordHash'
  | 'passwordVersion'
> & { readonly usernameKey?: string };

/** Reads a user. @throws {NotFoundError} for the argument that named the user. */
export async function requireUser(
  transaction: DatabaseTransaction,
  id: string,
  argument: 'id' | 'userId',
): Promise<UserRecord> {
  const user = isUuid(id)
    ? await transaction.user.findUnique({ where: { id }, select: userFields })
    : null;
  if (user === null) throw userNotFound(argument);
  return user;
}

/** @throws {NotFoundError} for the argument that named the user. */
export async function changeUser(
  transaction: DatabaseTransaction,
  id: string,
  changes: UserChanges,
  argument: 'id' | 'userId' = 'id',
): Promise<UserRecord> {
  const [user] = isUuid(id)
    ? await transaction.user.updateManyAndReturn({
        where: { id },
        data: changes,
        select: userFields,
      })
    : [];
  if (user === undefined) throw userNotFound(argument);
  return user;
}

/** The error for an unknown user. `argument` named it. */
export const userNotFound = (argument: 'id' | 'userId') =>
  new NotFoundError(argument, 'No user has this id.');
