import type { Passwords } from '../../authentication/password.ts';
import { hashQueueKeyOf } from '../../changes/origin.ts';
import type { LoginAccount } from './login/login-account.ts';
import type { PasswordHashStore } from './password-hash.store.ts';

export interface RenewPasswordHashDependencies {
  readonly passwords: Pick<Passwords, 'hash' | 'isOutdated'>;
  readonly passwordHashes: Pick<PasswordHashStore, 'renew'>;
  /** Called when an outdated hash could not be replaced. The next login tries again. */
  readonly onRenewError: (error: unknown) => void;
}

/** Hashes a correct password again if the configured cost has changed. Never throws. */
export type RenewPasswordHash = (
  account: Pick<LoginAccount, 'id' | 'passwordHash'>,
  password: string,
) => Promise<void>;

export function createRenewPasswordHash({
  passwords,
  passwordHashes,
  onRenewError,
}: RenewPasswordHashDependencies): RenewPasswordHash {
  return async ({ id, passwordHash }, password) => {
    if (!passwords.isOutdated(passwordHash)) return;
    try {
      const key = hashQueueKeyOf({ actor: { kind: 'USER', id } });
      const newHash = await passwords.hash(password, key);
      await passwordHashes.renew({ userId: id, oldHash: passwordHash, newHash });
    } catch (error) {
      onRenewError(error);
    }
  };
}
