import type { AuthenticationTimes, ProvedFactors } from './factor.ts';
import type { RequestSource } from './request-source.ts';
import type { SqlTransaction } from './sql-transaction.ts';

/** What a proof completes: `completeLogin`, `completeSession`, `reauthenticate`, or a change that takes a proof. */
export type ProofPurpose = 'LOGIN' | 'SESSION' | 'REAUTHENTICATION' | 'CHANGE';

/** Where a proof was sent. */
export interface ProofAttempt {
  readonly purpose: ProofPurpose;
  /** The session that proves itself again. Undefined: a session is opened. */
  readonly sessionId: string | undefined;
  /** The account whose log-in it continues. Undefined: the proof itself names it, as a passkey can. */
  readonly userId: string | undefined;
  /** The challenge that was sent with it. */
  readonly challenge: string | undefined;
  readonly client: RequestSource;
}

/** A proof that is right, and is not spent yet. */
export interface RightProof {
  readonly userId: string;
  /** The name of a kind that the package brings. */
  readonly factor: string;
  /** When it was proved, if that was elsewhere and earlier. Absent: now. */
  readonly at?: Date;
  /** How long a session that it opens lives at most, in seconds, if that is less than the setting. */
  readonly sessionSeconds?: number;
  /** An id of the package, by which it ends the sessions that this proof opens: see `accounts.endOpened`. */
  readonly openedWith?: string;
  /** Earlier proofs on which the factor rests, such as the one that let it be added. The session has them too. */
  readonly inherits?: AuthenticationTimes;
  /** The action of an audit event that records its use, and of a notice to the user. */
  readonly notice?: string;
  /**
   * Spends the proof in the transaction that opens or renews the session, in which the account is locked. Returns false
   * when another log-in was faster, or the factor was removed meanwhile: the proof is then wrong, and nothing is done.
   */
  spend(sql: SqlTransaction): Promise<boolean>;
  /** Called after the commit, for counters. Never rejects. */
  succeeded?(): Promise<void>;
  /** Called when the transaction failed, such as for an unavailable database: the attempt does not count. */
  failed?(): void;
}

/** A proof that is wrong. `wrong` says why, for the audit log alone: the client gets BAD_CREDENTIALS. */
export interface WrongProof {
  readonly wrong: string;
  /** The challenge of the proof has ended: the client gets CHALLENGE_ENDED. */
  readonly isEnded?: true;
}

/** One field of the input `Proof`. */
export interface ProofKind {
  /** Whether it also begins log-ins, with a challenge of its own: a passkey without a username. */
  readonly beginsLogins?: true;
  /**
   * Checks a proof, before the transaction that spends it. Counts it before it is checked, if it can be guessed, in a
   * transaction of its own.
   *
   * @throws {RateLimitedError} after too many.
   */
  check(proof: unknown, attempt: ProofAttempt): Promise<RightProof | WrongProof>;
  /**
   * Checks a proof that belongs to no account yet, for a new account whose user will log in with it. Returns the function that gives
   * it to the account, in the transaction that makes that. Absent: no account is made with it.
   *
   * @throws an error for the client, as the function does: then no account is made.
   */
  enrol?(proof: unknown, attempt: NewAccountAttempt): Promise<GiveToAccount>;
}

/** Where a proof for a new account was sent. */
export type NewAccountAttempt = Pick<ProofAttempt, 'challenge' | 'client'>;

/** Gives a proof to a new account, once. */
export type GiveToAccount = (
  sql: SqlTransaction,
  account: { readonly userId: string; readonly at: Date },
) => Promise<void>;

/** How many kinds of factors a group asks for, and since when. */
export interface GroupDemand {
  readonly factors: 1 | 2;
  /** From when it counts, for a membership that was granted at this time. */
  countsFrom(grantedAt: Date): Date;
}

/** What a package adds to log-ins. */
export interface FactorRules {
  /** Called once, when the database is migrated, before the first request. An error stops the start. */
  prepare?(): Promise<void>;
  /** By the field of `Proof` that sends it. */
  readonly kinds: Readonly<Record<string, ProofKind>>;
  /**
   * Returns the factors of which one is due beside those that were `proved`. Empty: none. Called in the transaction that
   * opens or renews a session, in which the account is locked.
   */
  due(sql: SqlTransaction, userId: string, proved: ProvedFactors): Promise<readonly string[]>;
  /** The demands of groups, by group. Read for each request. */
  demands(): ReadonlyMap<string, GroupDemand>;
  /** Returns which of these users have no second factor. */
  withoutFactor(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Returns until when an account may enrol a first factor although the time of its groups is over, such as after an
   * administrator has opened enrolment. Null: it may not.
   */
  enrolmentOpenUntil(userId: string): Promise<Date | null>;
}

/**
 * What happened to an account that decides who can use it, in the transaction of its cause: it was made or enabled, a group
 * was granted, or how its user logs in or its address has changed; or a session was opened.
 */
export interface AccountNotice {
  readonly userId: string;
  /** What did it. LINK: an anonymous viewer, such as by the link of a mail. SYSTEM: a command, or the start. */
  readonly actor: 'USER' | 'API_CLIENT' | 'LINK' | 'SYSTEM';
  /** The user or API client. Null: neither did it. */
  readonly actorId: string | null;
  /** When the session that did it proved each factor. Absent: no session did it. */
  readonly authenticatedAt?: AuthenticationTimes;
  /** The action of the audit event, or `session.opened`. */
  readonly action: string;
  readonly at: Date;
  /** The address before the change. Absent: the address was not changed. */
  readonly emailBefore?: string | null;
  /** Whether an account that existed got another password. */
  readonly setsPassword?: true;
  /** Of `session.opened`: who opened it. */
  readonly client?: RequestSource;
}
