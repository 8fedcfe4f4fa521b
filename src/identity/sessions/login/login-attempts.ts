import type { Passwords } from '../../../authentication/password.ts';
import { RateLimitedError } from '../../../errors.ts';
import type {
  AttemptCounter,
  LoginAttemptStore,
  Mark,
  Taken,
} from '../../../values/login-attempt-store.ts';
import type { AuditStore } from '../../audit/audit.store.ts';
import { type Counted, countersOf, type LoginLimits, queueKeyOf } from './attempt-counters.ts';

export interface LoginAttemptsDependencies {
  readonly counters: LoginAttemptStore;
  readonly limits: LoginLimits;
  readonly passwords: Pick<Passwords, 'runQueued'>;
  readonly audit: Pick<AuditStore, 'record'>;
  /** Called when a successful attempt still counts as a failure, because it could not be subtracted. */
  readonly onForgiveError: (error: unknown) => void;
  /** Resolves after this many milliseconds. */
  readonly delay: (delayMs: number) => Promise<void>;
}

/** A password to check for an account. */
interface PasswordAttempt extends Counted {
  /** The key of the sent username, from `toUsernameKey`. Unknown users are counted too. */
  readonly usernameKey: string;
  readonly password: string;
  /** The account that was read. Null for an unknown user. */
  readonly account: { readonly id: string; readonly passwordHash: string } | null;
}

/** The result of an attempt. It counts as a failure until it is forgiven. */
interface AttemptOutcome {
  readonly isRight: boolean;
  /**
   * Stops counting the attempt, now or later. Call it after the action that the password was checked for. Never
   * throws.
   */
  forgive(): Promise<void>;
  /**
   * Stops counting the attempt as soon as the database is available. Call it when the action failed: a client with
   * the right password that has to try again must not use up the account's attempts.
   */
  forgiveLater(): void;
}

/** Checks passwords with a limited number of failures. Created once in a process. */
export interface LoginAttempts {
  /**
   * Checks a password as one attempt, which is counted for the account and for the address before anything is hashed.
   *
   * The failure that exhausts the attempts is recorded as `login.limited`. Refused attempts are not recorded, so that
   * they cannot fill the audit log.
   *
   * @throws {RateLimitedError} after too many failures: nothing is hashed, whatever the password.
   * @throws {ServiceUnavailableError} when the queue of hashes is full.
   */
  verify(attempt: PasswordAttempt): Promise<AttemptOutcome>;
}

/** Creates the only function that checks passwords of clients. */
export function createLoginAttempts(dependencies: LoginAttemptsDependencies): LoginAttempts {
  const { counters, limits, passwords, audit, onForgiveError, delay } = dependencies;

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
      const own = countersOf(counted, limits);
      // Also checked before waiting, so that rejected attempts do not fill the queue of hashes.
      throwIfRefused(await counters.refusedForMs(own));
      const { taken, isRight } = await passwords.runQueued(queueKeyOf(counted), async (verify) => ({
        // Counted when it is its turn, so that waiting attempts do not count against each other.
        taken: await take(counters, own),
        isRight: await verify({ usernameKey, password, hash: account?.passwordHash }),
      }));
      if (!isRight && taken.exhausted !== null) {
        const { what, endsAt } = taken.exhausted;
        const detail = `No further attempts ${words[what]} until ${endsAt.toISOString()}.`;
        const event = { action: 'login.limited', subjectId: account?.id ?? null, detail };
        await audit.record({ actor: null, ip: ip ?? null }, event);
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
 * The delays before the attempts to subtract, a minute in all: first until the request has ended, because its time
 * for the database may be used up, then until the database is available again.
 */
const giveBackDelaysMs = [50, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

const words = { account: 'at this account', address: 'from this address' } as const;

async function take(counters: LoginAttemptStore, own: readonly AttemptCounter[]): Promise<Taken> {
  const taken = await counters.take(own);
  if (taken.isRefused) throw new RateLimitedError(taken.retryAfterMs / 1000);
  return taken;
}

function throwIfRefused(refusedForMs: number): void {
  if (refusedForMs > 0) throw new RateLimitedError(refusedForMs / 1000);
}
