import { toSiteKey } from '../../authentication/address-key.ts';
import type { Passwords } from '../../authentication/password.ts';
import { RateLimitedError } from '../../errors.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { Counted, LoginAttemptStore, Taken } from './login-attempts.store.ts';

export interface LoginAttemptsDependencies {
  readonly counters: LoginAttemptStore;
  readonly passwords: Pick<Passwords, 'inTurn'>;
  readonly audit: Pick<AuditStore, 'record'>;
  /** Told when an attempt that was right goes on counting as a failure. */
  readonly onForgiveError: (error: unknown) => void;
}

/** A password that somebody says is an account's. */
export interface PasswordAttempt {
  /** As `toUsernameKey` makes it, of whatever the client sent. Counted alike for unknown users. */
  readonly usernameKey: string;
  readonly ip: string;
  readonly password: string;
  /** The account as it was read; null for an unknown user. */
  readonly account: { readonly id: string; readonly passwordHash: string } | null;
}

/** What came of an attempt. It counts as a failure until it is forgiven. */
export interface AttemptOutcome {
  readonly isRight: boolean;
  /** Counts the attempt no longer. Once what the password was for has been done; never throws. */
  forgive(): Promise<void>;
}

/** Checks passwords, a bounded number of failures in a window. One of these in a process. */
export interface LoginAttempts {
  /**
   * Checks a password as one attempt: counted per account and per address before anything is hashed.
   *
   * The failure after which there are no more attempts is written down as `login.limited`; attempts
   * that are refused after it are not, so that nobody can fill the record with them.
   *
   * @throws {RateLimitedError} after too many failures: nothing has been hashed, whatever the password.
   * @throws {ServiceUnavailableError} when too many wait for their turn to hash.
   */
  verify(attempt: PasswordAttempt): Promise<AttemptOutcome>;
}

/** Makes the one way in which passwords of clients are checked. */
export function createLoginAttempts(dependencies: LoginAttemptsDependencies): LoginAttempts {
  const { counters, passwords, audit, onForgiveError } = dependencies;

  return {
    async verify({ usernameKey, ip, password, account }) {
      const counted = { usernameKey, ip };
      // Asked before it waits as well, so that who is refused takes no place in the line of hashes.
      throwIfRefused(await counters.refusedForMs(counted));
      const { taken, isRight } = await passwords.inTurn(toSiteKey(ip), async (verify) => ({
        // Taken in its turn and not before: attempts that only wait do not count against each other.
        taken: await take(counters, counted),
        isRight: await verify(password, account?.passwordHash),
      }));
      if (!isRight && taken.exhausted !== null) {
        const { what, endsAt } = taken.exhausted;
        const detail = `No further attempts ${words[what]} until ${endsAt.toISOString()}.`;
        const event = { action: 'login.limited', subjectId: account?.id ?? null, detail };
        await audit.record({ actor: null, ip }, event);
      }
      return {
        isRight,
        forgive: () => counters.giveBack(taken.marks).catch(onForgiveError),
      };
    },
  };
}

const words = { account: 'at this account', address: 'from this address' } as const;

async function take(
  counters: LoginAttemptStore,
  counted: Counted,
): Promise<Taken & { isRefused: false }> {
  const taken = await counters.take(counted);
  if (taken.isRefused) throw new RateLimitedError(taken.retryAfterMs / 1000);
  return taken;
}

function throwIfRefused(refusedForMs: number): void {
  if (refusedForMs > 0) throw new RateLimitedError(refusedForMs / 1000);
}
