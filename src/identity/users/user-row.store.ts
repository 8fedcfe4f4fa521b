import { isUuid } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import { NotFoundError } from '../../errors.ts';
import { type UserRecord, userFields } from './user.records.ts';

/** What to change of a user; what is absent stays. */
export type UserChanges = Pick<
  Prisma.UserUpdateInput,
  'username' | 'displayName' | 'email' | 'disabledAt' | 'passwordHash'
> & { readonly usernameKey?: string };

/** @throws {NotFoundError} with the argument that named the user. */
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

/** @throws {NotFoundError} */
export async function changeUser(
  transaction: DatabaseTransaction,
  id: string,
  changes: UserChanges,
): Promise<UserRecord> {
  const [user] = isUuid(id)
    ? await transaction.user.updateManyAndReturn({
        where: { id },
        data: changes,
        select: userFields,
      })
    : [];
  if (user === undefined) throw userNotFound('id');
  return user;
}

/** The one way to say that a user is not there; `argument` named it. */
export const userNotFound = (argument: 'id' | 'userId') =>
  new NotFoundError(argument, 'No user has this id.');
