import { toSiteKey } from '../../authentication/address-key.ts';
import type { Passwords } from '../../authentication/password.ts';
import { RateLimitedError } from '../../errors.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { Counted, LoginAttemptStore, Mark, Taken } from './login-attempts.store.ts';

export interface LoginAttemptsDependencies {
  readonly counters: LoginAttemptStore;
  readonly passwords: Pick<Passwords, 'inTurn'>;
  readonly audit: Pick<AuditStore, 'record'>;
  /** Told when an attempt that was right goes on counting as a failure. */
  readonly onForgiveError: (error: unknown) => void;
  /** Resolves after so many milliseconds. */
  readonly delay: (delayMs: number) => Promise<void>;
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
  /** Counts the attempt no longer: now, or else later. Once what the password was for has been done; never throws. */
  forgive(): Promise<void>;
  /**
   * Counts the attempt no longer as soon as the database lets it. When what the password was for could not be done:
   * a client that was right and is told to come again must not use up the account's attempts by that.
   */
  forgiveLater(): void;
}

/** Checks passwords, a bounded number of failures in a window. One of these in a process. */
export interface LoginAttempts {
  /**
   * Checks a password as one attempt: counted per account and per address before anything is hashed.
   *
   * The failure after which there are no more attempts is written down as `login.limited`; attempts
   * that are refused after it are not, so that no one can fill the record with them.
   *
   * @throws {RateLimitedError} after too many failures: nothing has been hashed, whatever the password.
   * @throws {ServiceUnavailableError} when too many wait for their turn to hash.
   */
  verify(attempt: PasswordAttempt): Promise<AttemptOutcome>;
}

/** Makes the one way in which passwords of clients are checked. */
export function createLoginAttempts(dependencies: LoginAttemptsDependencies): LoginAttempts {
  const { counters, passwords, audit, onForgiveError, delay } = dependencies;

  async function giveBackLater(marks: readonly Mark[]): Promise<void> {
    let left = marks;
    let problem: unknown;
    for (const delayMs of giveBackDelaysMs) {
      await delay(delayMs);
      try {
        for (const mark of left) {
          await counters.giveBack([mark]);
          left = left.slice(1);
        }
        return;
      } catch (error) {
        problem = error;
      }
    }
    onForgiveError(problem);
  }

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
      const forgiveLater = () => void giveBackLater(taken.marks);
      return {
        isRight,
        forgiveLater,
        forgive: () => counters.giveBack(taken.marks).catch(forgiveLater),
      };
    },
  };
}

/**
 * How long each try to give an attempt back waits, a minute in all: at first for the request to end, whose time for the
 * database may be over, and then for the database to be there again.
 */
const giveBackDelaysMs = [50, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

const words = { account: 'at this account', address: 'from this address' } as const;

async function take(counters: LoginAttemptStore, counted: Counted): Promise<Taken> {
  const taken = await counters.take(counted);
  if (taken.isRefused) throw new RateLimitedError(taken.retryAfterMs / 1000);
  return taken;
}

function throwIfRefused(refusedForMs: number): void {
  if (refusedForMs > 0) throw new RateLimitedError(refusedForMs / 1000);
}
