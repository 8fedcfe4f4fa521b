import { createPasswordOf } from '../../authentication/generated-password.ts';
import { checkPassword } from '../../authentication/password-policy.ts';
import { checkUsername, normalizeUsername, toUsernameKey } from '../../authentication/username.ts';
import { hashQueueKeyOf, system } from '../../changes/origin.ts';
import { NamedError } from '../../error-pages.ts';
import type { Services } from '../services.ts';
import type { UserStore } from './user.store.ts';

export interface FirstAdminOptions {
  readonly username: string;
  /** Absent: a random password is generated. */
  readonly password?: string | undefined;
  readonly users: Pick<UserStore, 'createFirst' | 'isEmpty'>;
  readonly services: Pick<Services, 'passwords' | 'newUserRules'>;
}

/** The ADMIN of an empty database. `generatedPassword` is shown only once and never stored. */
export interface FirstAdmin {
  readonly username: string;
  readonly generatedPassword: string | undefined;
}

/**
 * Creates one ADMIN when there is no user yet, so that someone can log in. Otherwise does nothing. Of several nodes
 * that start at the same time, one creates it.
 *
 * @throws {FirstAdminError} when the configured username or password breaks a rule.
 */
export async function ensureFirstAdmin(
  options: FirstAdminOptions,
): Promise<FirstAdmin | undefined> {
  const { username, users, services } = options;
  if (!(await users.isEmpty())) return undefined;
  requireValid(options);
  const password = options.password ?? createPasswordOf(services.newUserRules.passwords.minLength);
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

/** The configured username or password breaks a rule. */
class FirstAdminError extends NamedError {
  override readonly name = 'FirstAdminError';

  constructor(message: string) {
    super('invalid-first-admin', message);
  }
}

function requireValid({ username, password, services }: FirstAdminOptions): void {
  const badName = checkUsername(username);
  if (badName !== undefined) throw new FirstAdminError(`ADMIN_USERNAME: ${badName}`);
  if (password === undefined) return;
  const badPassword = checkPassword(password, { ...services.newUserRules.passwords, username });
  if (badPassword !== undefined) throw new FirstAdminError(`ADMIN_PASSWORD: ${badPassword}`);
}
