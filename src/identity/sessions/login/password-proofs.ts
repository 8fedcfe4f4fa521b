import { checkUsername, toUsernameKey } from '../../../authentication/username.ts';
import { passwordFactor } from '../../../values/factor.ts';
import type { ProofAttempt, ProofKind, RightProof, WrongProof } from '../../../values/proof.ts';
import type { RequestSource } from '../../../values/request-source.ts';
import type { RenewPasswordHash } from '../renew-password-hash.ts';
import type { SessionStore } from '../session.store.ts';
import type { LoginAccount } from './login-account.ts';
import type { LoginAttempts } from './login-attempts.ts';

export interface PasswordProofsDependencies {
  readonly sessions: Pick<SessionStore, 'findAccount' | 'findOwnAccount'>;
  readonly attempts: LoginAttempts;
  readonly renewPasswordHash: RenewPasswordHash;
}

export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  readonly client: RequestSource;
}

/** A wrong password, and the account that it was tried at. */
export interface WrongPassword extends WrongProof {
  readonly userId: string | undefined;
}

/** Checks passwords, each as one counted attempt. @throws {RateLimitedError} after too many failures. */
export interface PasswordProofs extends ProofKind {
  /**
   * Checks a username and a password. An unknown user takes the same work as a wrong password, so that usernames cannot
   * be found by trying.
   */
  ofUsername(attempt: LoginAttempt): Promise<RightProof | WrongPassword>;
}

export function createPasswordProofs({
  sessions,
  attempts,
  renewPasswordHash,
}: PasswordProofsDependencies): PasswordProofs {
  async function check(
    account: LoginAccount | null,
    asked: Omit<LoginAttempt, 'username'> & { readonly usernameKey: string },
  ): Promise<RightProof | WrongPassword> {
    const { usernameKey, password, client } = asked;
    const counted = { usernameKey, ip: client.ip, password, account };
    const { isRight, forgive, forgiveLater } = await attempts.verify(counted);
    if (account === null || !isRight) return { wrong: 'password', userId: account?.id };
    const { id: userId, passwordVersion } = account;
    return {
      userId,
      factor: passwordFactor.name,
      // Not the hash: another login may have hashed the same password again.
      spend: async (transaction) => {
        const rows = await transaction.$queryRawUnsafe(
          'SELECT 1 FROM gatehouse.users WHERE id = $1::uuid AND password_version = $2::int',
          userId,
          passwordVersion,
        );
        return Array.isArray(rows) && rows.length === 1;
      },
      async succeeded() {
        await forgive();
        await renewPasswordHash(account, password);
      },
      failed: forgiveLater,
    };
  }

  return {
    async ofUsername({ username, ...asked }) {
      // Invalid usernames, for example with a NUL character, are not sent to the database.
      const isPossible = checkUsername(username) === undefined;
      const usernameKey = toUsernameKey(username);
      return check(isPossible ? await sessions.findAccount(usernameKey) : null, {
        ...asked,
        usernameKey,
      });
    },
    async check(password: unknown, { userId, client }: ProofAttempt) {
      const account = userId === undefined ? null : await sessions.findOwnAccount(userId);
      if (account === null || typeof password !== 'string') return { wrong: 'no such account' };
      return check(account, { usernameKey: account.usernameKey, password, client });
    },
  };
}
