import { hashQueueKeyOf, type Origin } from '../../changes/origin.ts';
import type { CreateUserInput } from '../generated/resolver-types.ts';
import type { Services } from '../services.ts';
import type { Stores } from '../stores.ts';
import { parseNewPassword, parseNewUser } from './user.input.ts';
import type { UserRecord } from './user.records.ts';

/** The dependencies of creating users and of setting their passwords. */
export interface AccountParts {
  readonly stores: Pick<Stores, 'users'>;
  readonly services: Pick<Services, 'passwords' | 'newUserRules'>;
}

/** Creates a user. @throws {BadUserInputError | ConflictError} with the input field's name. */
export async function createUser(
  { stores, services }: AccountParts,
  input: CreateUserInput,
  origin: Origin,
): Promise<UserRecord> {
  const { password, ...user } = parseNewUser(input, services.newUserRules);
  const passwordHash = await services.passwords.hash(password, hashQueueKeyOf(origin));
  return stores.users.create({ ...user, passwordHash }, origin);
}

/** The new password of a user. */
export interface PasswordReset {
  readonly user: Pick<UserRecord, 'id' | 'username'>;
  readonly newPassword: string;
}

/** Sets a user's password, and ends their sessions. @throws {BadUserInputError | NotFoundError} */
export async function resetPassword(
  { stores, services }: AccountParts,
  { user, newPassword }: PasswordReset,
  origin: Origin,
): Promise<UserRecord> {
  const rules = { ...services.newUserRules.passwords, username: user.username };
  const password = parseNewPassword(newPassword, rules);
  const passwordHash = await services.passwords.hash(password, hashQueueKeyOf(origin));
  return stores.users.resetPassword(user.id, passwordHash, origin);
}
