import { createOpaqueToken } from '../../../authentication/opaque-token.ts';
import { noticedFrom, type Origin } from '../../../changes/origin.ts';
import type { Writing } from '../../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../../database/connect.ts';
import {
  type AuthenticationTimes,
  type FactorTable,
  passwordFactor,
  provedAt,
  type StoredTimes,
  storedTimes,
} from '../../../values/factor.ts';
import type { FactorRules, ProofPurpose, RightProof } from '../../../values/proof.ts';
import type { Notify } from '../../store-dependencies.ts';
import { type PendingLogin, spendChallenge } from './challenge.store.ts';

/** How long a challenge lives. */
export const challengeSeconds = 5 * 60;

/** What passes the one door of every log-in. */
export interface Proving {
  readonly proof: Omit<RightProof, 'succeeded' | 'failed'>;
  /** The log-in that the proof completes. Null: it begins one. */
  readonly pending: PendingLogin | null;
  readonly purpose: ProofPurpose;
  /** The session that proves itself again. */
  readonly sessionId?: string;
  /**
   * What counts beside the proof, if it is fresh and cannot be sent again, such as a recovery code that the session has
   * spent. Without it, who has used the last code could enrol nothing in place of the lost device.
   */
  readonly beside?: AuthenticationTimes;
  readonly due: FactorRules['due'];
  readonly factors: FactorTable;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The account, locked for update until the transaction ends. */
export interface ProvedAccount {
  readonly id: string;
  readonly epoch: number;
  /** All that this log-in has proved. */
  readonly proved: StoredTimes;
  readonly times: AuthenticationTimes;
  /** How long a session that it opens lives at most. Null: as the setting says. */
  readonly sessionSeconds: number | null;
  /** See `RightProof`. */
  readonly openedWith: string | null;
  /** For the audit log: the names of these factors. */
  readonly detail: string;
}

/** One of `factors` is still due. The password was right. */
export interface DueFactors {
  readonly factors: readonly string[];
  readonly challenge: string;
  /** The cookie without which the challenge of a browser is not valid. */
  readonly cookie: string | undefined;
  readonly expiresAt: Date;
}

/** What a proof in a session leads to. */
export type Proved<Result> =
  | { readonly outcome: 'done'; readonly result: Result }
  | { readonly outcome: 'due'; readonly due: DueFactors };

/** A proof of a session, for the transaction that spends it. */
export interface ProvingSession extends Proving {
  readonly sessionId: string;
}

/** A proof that could not be spent. Thrown, so that the transaction is undone. */
export class UnspentProofError extends Error {
  override readonly name = 'UnspentProofError';
  /** Whether the challenge has ended, with its account. Otherwise the proof was wrong, or spent by another log-in. */
  readonly isEnded: boolean;

  constructor(isEnded: boolean) {
    super('The proof was not marked as used.');
    this.isEnded = isEnded;
  }
}

/** What a transaction that spends a proof has. */
export interface ProofWriting extends Writing {
  readonly origin: Origin;
  readonly notify: Notify;
}

/**
 * Locks the account, reads again that nothing has changed since the log-in began, spends the challenge and the proof, and
 * asks what is due. What is due is a new challenge, in the same transaction.
 *
 * @throws {UnspentProofError}
 */
export async function prove(
  transaction: DatabaseTransaction,
  { proof, pending, due, factors: table, beside = {}, ...challenge }: Proving,
  { at, record, refuse, origin, notify }: ProofWriting,
): Promise<ProvedAccount | DueFactors> {
  const account = await lockAccount(transaction, proof.userId, pending);
  if (pending !== null && !(await spendChallenge(transaction, pending, at))) {
    throw new UnspentProofError(true);
  }
  if (!(await proof.spend(transaction))) throw new UnspentProofError(false);
  if (proof.notice !== undefined) {
    const action = proof.notice;
    await record({ action, subjectId: account.id });
    await notify(transaction, { userId: proof.userId, ...noticedFrom(origin), action, at });
  }
  const inherited = storedTimes(proof.inherits ?? {});
  const spent = storedTimes(table.spentLately(beside, at));
  const own = provedAt([proof.factor], proof.at ?? at);
  const proved = { ...spent, ...pending?.proved, ...inherited, ...own };
  const times = table.readTimes(proved);
  const opens = {
    sessionSeconds: shorter(pending?.sessionSeconds, proof.sessionSeconds),
    openedWith: pending?.openedWith ?? proof.openedWith ?? null,
  };
  const known = table.factorsOf(times);
  const together = table.together(known);
  const factors = table.mayOpen(together.names)
    ? await due(transaction, account.id, together)
    : [passwordFactor.name];
  if (factors.length === 0) {
    const { id, epoch } = account;
    return { id, epoch, proved, times, detail: known.join(', '), ...opens };
  }
  await record({ action: 'login.factor_due', subjectId: account.id });
  refuse();
  // A log-in in several steps has the time of one.
  const expiresAt = pending?.expiresAt ?? new Date(at.getTime() + challengeSeconds * 1000);
  return begin(transaction, { account, proved, factors, expiresAt, ...opens, ...challenge });
}

/** Returns the shorter of two times, as far as there are any. */
function shorter(...times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((each) => typeof each === 'number');
  return known.length === 0 ? null : Math.min(...known);
}

interface LockedAccount {
  readonly id: string;
  readonly epoch: number;
  readonly passwordVersion: number;
}

async function lockAccount(
  transaction: DatabaseTransaction,
  userId: string,
  pending: PendingLogin | null,
): Promise<LockedAccount> {
  const [account] = await transaction.$queryRaw<LockedAccount[]>`
    SELECT id, session_epoch AS epoch, password_version AS "passwordVersion" FROM gatehouse.users
    WHERE id = ${userId}::uuid AND disabled_at IS NULL
    FOR NO KEY UPDATE`;
  const isSame =
    pending === null ||
    (account?.epoch === pending.epoch &&
      account.passwordVersion === pending.passwordVersion &&
      account.id === pending.userId);
  if (account === undefined || !isSame) throw new UnspentProofError(pending !== null);
  return account;
}

interface Beginning
  extends Pick<Proving, 'purpose' | 'sessionId' | 'randomBytes'>,
    Pick<ProvedAccount, 'proved' | 'sessionSeconds' | 'openedWith'> {
  readonly account: LockedAccount;
  readonly factors: readonly string[];
  readonly expiresAt: Date;
}

async function begin(
  transaction: DatabaseTransaction,
  { account, factors, expiresAt, randomBytes, sessionId, ...begun }: Beginning,
): Promise<DueFactors> {
  const challenge = createOpaqueToken(randomBytes);
  const { purpose, proved, sessionSeconds, openedWith } = begun;
  const cookie = purpose === 'SESSION' ? createOpaqueToken(randomBytes) : undefined;
  const { id: userId, epoch, passwordVersion } = account;
  await transaction.loginChallenge.create({
    data: {
      hash: challenge.hash,
      userId,
      purpose,
      sessionId: sessionId ?? null,
      cookieHash: cookie?.hash ?? null,
      epoch,
      passwordVersion,
      proved,
      sessionSeconds,
      openedWith,
      expiresAt,
    },
  });
  return { factors, challenge: challenge.token, cookie: cookie?.token, expiresAt };
}
