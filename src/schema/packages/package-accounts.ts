import type { Asking } from '../../changes/origin.ts';
import type { Context } from '../../context/context.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

/** A change of how a user can log in. */
export interface AccountChange {
  /** The context of the resolver. Absent: a command on the machine makes the change. */
  readonly context?: Asking;
  readonly userId: string;
  readonly event: { readonly action: string; readonly detail?: string };
  /** What ends: all sessions of the user, all but the one that asks, or none. Pending log-ins end with sessions. */
  readonly ends: 'all' | 'others' | 'none';
}

/** Passed to the work of a change together with the transaction. */
export interface ChangingAccount {
  readonly at: Date;
  /** The groups that the user holds, with all that they imply, and when the first of them was granted that gives it. */
  readonly groups: ReadonlyMap<string, Date>;
  /**
   * Requires that the session which asks proved `kinds` kinds of factors in the last 15 minutes.
   *
   * @throws {UnauthenticatedError} AUTHENTICATION_TOO_OLD or FACTORS_MISSING.
   */
  requireProofs(kinds: number): void;
}

/** Accounts, as packages see them. */
export interface PackageAccounts {
  /**
   * Changes how a user can log in: one transaction that locks the account, checks the rights of the viewer again, does
   * the work, ends sessions, records the event and calls `notify`.
   *
   * @throws {NotFoundError} when there is no such user. @throws the error of the work: nothing was changed.
   */
  change<Result>(
    change: AccountChange,
    work: (sql: SqlTransaction, changing: ChangingAccount) => Promise<Result>,
  ): Promise<Result>;
  /** Returns the user whose log-in a challenge continues. Undefined: the challenge has ended, or is another browser's. */
  ofChallenge(
    challenge: string,
    context: Pick<Context, 'viewer' | 'browserSession'>,
  ): Promise<string | undefined>;
}
