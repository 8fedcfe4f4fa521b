import { checkPassword } from '../../authentication/password-policy.ts';
import { checkUsername, normalizeUsername, toUsernameKey } from '../../authentication/username.ts';
import { hashQueueKeyOf, system } from '../../changes/origin.ts';
import type { Services } from '../services.ts';
import type { UserStore } from './user.store.ts';

export interface FirstAdminOptions {
  readonly username: string;
  /** Absent: a random one is made. */
  readonly password: string | undefined;
  readonly users: Pick<UserStore, 'createFirst' | 'isEmpty'>;
  readonly services: Pick<Services, 'passwords' | 'newUserRules'>;
  readonly createPassword: (minLength: number) => string;
}

/** The ADMIN of an empty database. `generatedPassword` is to be shown once, and kept nowhere. */
export interface FirstAdmin {
  readonly username: string;
  readonly generatedPassword: string | undefined;
}

/**
 * Makes one ADMIN when there is no user yet, so that someone can log in; else does nothing. Of nodes
 * that start at once, one makes it.
 *
 * @throws {FirstAdminError} when the username or the password that was asked for breaks a rule.
 */
export async function ensureFirstAdmin(
  options: FirstAdminOptions,
): Promise<FirstAdmin | undefined> {
  const { username, users, services } = options;
  if (!(await users.isEmpty())) return undefined;
  requireValid(options);
  const password =
    options.password ?? options.createPassword(services.newUserRules.minPasswordLength);
  const created = await users.createFirst({
    username: normalizeUsername(username),
    usernameKey: toUsernameKey(username),
    passwordHash: await services.passwords.hash(password, hashQueueKeyOf(system)),
    displayName: username,
    email: null,
    groups: ['ADMIN'],
  });
  if (created === null) return undefined;
  return { username, generatedPassword: options.password === undefined ? password : undefined };
}

/** The settings name no one who could be created. */
export class FirstAdminError extends Error {
  override readonly name = 'FirstAdminError';
}

function requireValid({ username, password, services }: FirstAdminOptions): void {
  const badName = checkUsername(username);
  if (badName !== undefined) throw new FirstAdminError(`ADMIN_USERNAME: ${badName}`);
  if (password === undefined) return;
  const minLength = services.newUserRules.minPasswordLength;
  const badPassword = checkPassword(password, { minLength, username });
  if (badPassword !== undefined) throw new FirstAdminError(`ADMIN_PASSWORD: ${badPassword}`);
}
