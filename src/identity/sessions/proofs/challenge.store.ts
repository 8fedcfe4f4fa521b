import type { DatabaseTransaction } from '../../../database/connect.ts';
import { type StoredTimes, storedTimes } from '../../../values/factor.ts';
import type { ProofPurpose } from '../../../values/proof.ts';
import type { SessionStoreDependencies } from '../../store-dependencies.ts';

/** A challenge ends after as many wrong proofs. */
const maxFailures = 5;

/** A log-in of which a factor is due. */
export interface PendingLogin {
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly userId: string;
  readonly epoch: number;
  readonly passwordVersion: number;
  readonly proved: StoredTimes;
  /** How long a session that it opens lives at most. Null: as the setting says. */
  readonly sessionSeconds: number | null;
  /** See `RightProof`. */
  readonly openedWith: string | null;
  readonly expiresAt: Date;
}

/** A challenge as it is presented. */
export interface PresentedChallenge {
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly purpose: ProofPurpose;
  /** The session that proves itself again. */
  readonly sessionId?: string;
  /** The SHA-256 of the cookie that was sent with it. */
  readonly cookieHash?: Uint8Array<ArrayBuffer>;
}

/** Reads and counts challenges. They begin and are spent in the transactions of log-ins. */
export function createChallenges({ database, now, factors }: SessionStoreDependencies) {
  return {
    /** Returns a challenge that has not ended, or null. */
    async findChallenge(presented: PresentedChallenge): Promise<PendingLogin | null> {
      const { hash, purpose, sessionId = null, cookieHash = null } = presented;
      const found = await database.loginChallenge.findFirst({
        where: { ...live(hash, now()), purpose, sessionId, cookieHash },
        select: {
          hash: true,
          userId: true,
          epoch: true,
          passwordVersion: true,
          proved: true,
          sessionSeconds: true,
          openedWith: true,
          expiresAt: true,
        },
      });
      return found && { ...found, proved: storedTimes(factors.readTimes(found.proved)) };
    },

    /** Returns the user of a challenge of any purpose that has not ended, and the hash of its cookie. */
    findChallengedUser: (hash: Uint8Array<ArrayBuffer>) =>
      database.loginChallenge.findFirst({
        where: live(hash, now()),
        select: { userId: true, sessionId: true, cookieHash: true },
      }),

    async countWrongProof(hash: Uint8Array<ArrayBuffer>): Promise<void> {
      await database.loginChallenge.updateMany({
        where: { hash },
        data: { failures: { increment: 1 } },
      });
    },

    /** Removes at most `limit` challenges whose time is over, and returns how many it removed. */
    removeChallenges: (limit: number): Promise<number> => database.$executeRaw`
      DELETE FROM gatehouse.login_challenges WHERE hash IN (
        SELECT hash FROM gatehouse.login_challenges WHERE expires_at <= ${now()}
        LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)`,
  };
}

const live = (hash: Uint8Array<ArrayBuffer>, at: Date) => ({
  hash,
  failures: { lt: maxFailures },
  expiresAt: { gt: at },
});

/** Spends a challenge in the transaction of its log-in. Returns false when it has ended meanwhile. */
export async function spendChallenge(
  transaction: DatabaseTransaction,
  { hash }: PendingLogin,
  at: Date,
): Promise<boolean> {
  const { count } = await transaction.loginChallenge.deleteMany({ where: live(hash, at) });
  return count === 1;
}
