import type { Asking } from '../../changes/origin.ts';
import type { Context } from '../../context/context.ts';
import type { Email } from '../../values/email.ts';
import type { AuthenticationTimes } from '../../values/factor.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

export interface AccountEvent {
  /** In the form `thing.happened`. */
  readonly action: string;
  readonly detail?: string;
}

/** The arguments of a field that takes a proof. */
export interface SentProof {
  /** The input `Proof`. */
  readonly proof: Readonly<Record<string, unknown>>;
  /** The challenge of a refusal with the reason FACTOR_REQUIRED. */
  readonly challenge?: string | null | undefined;
}

/** A change of how a user can log in. */
export interface AccountChange {
  /** The context of the resolver. Absent: a command on the machine makes the change. */
  readonly context?: Asking;
  readonly userId: string;
  readonly event: AccountEvent;
  /** What ends: all sessions of the user, all but the one that asks, or none. Pending log-ins end with sessions. */
  readonly ends: 'all' | 'others' | 'none';
  /**
   * What allows the change of another account than the viewer's own. `viewer`, the default: the viewer, who must be able to
   * grant the groups of the account. `link`: a secret that the owner of the account was sent.
   */
  readonly allowedBy?: 'viewer' | 'link';
  /**
   * A proof of the session that asks, for what adds or replaces a way in to its own account. It passes the door of log-ins
   * in the transaction of the change.
   */
  readonly proof?: SentProof;
}

/** An account, without its password. */
export interface AccountFacts {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly disabledAt: Date | null;
  /** How often the password was changed or reset. */
  readonly passwordVersion: number;
}

export interface AccountActor {
  readonly kind: 'USER' | 'API_CLIENT';
  readonly id: string;
}

/** Passed to the work of a change together with the transaction. */
export interface ChangingAccount {
  readonly at: Date;
  /** The account before the change. */
  readonly account: AccountFacts;
  /** The groups that the user holds, with all that they imply, and when the first of them was granted that gives it. */
  readonly groups: ReadonlyMap<string, Date>;
  /** What the proof of the change has proved, with all that it rests on. Absent: none was asked for. */
  readonly proved?: AuthenticationTimes;
  /**
   * Requires that `kinds` kinds of factors were proved: by the proof of the change, or in the last 15 minutes by the session
   * which asks.
   *
   * @throws {UnauthenticatedError} AUTHENTICATION_TOO_OLD or FACTORS_MISSING.
   */
  requireProofs(kinds: number): void;
  /** Sets the password: see `hashPassword`. */
  setPassword(passwordHash: string): Promise<void>;
  /** Sets the address. `parseEmail` has parsed it. */
  setEmail(email: string): Promise<void>;
  /** Adds the user to groups without an end. A membership that has one loses it. @throws {BadUserInputError} */
  grant(groups: readonly string[], grantedBy: AccountActor): Promise<void>;
}

/** Passed to the work of a proof together with the transaction. */
export interface ProvingAccount extends Pick<ChangingAccount, 'at' | 'groups'> {
  readonly proved: AuthenticationTimes;
}

/** A new account. All of it is checked as by `createUser`; errors name the arguments `username`, `password` and so on. */
export interface NewAccount {
  readonly context: Asking;
  readonly username: string;
  /** Null: the account has none. A random one takes its place, so that to log in by name takes the same time. */
  readonly password: string | null;
  readonly displayName?: string | null | undefined;
  /** `parseEmail` has parsed it. Null: none is known. */
  readonly email: string | null;
  /** Null: the groups of new users. */
  readonly groups: readonly string[] | null;
  /** Who gave the groups. Absent: the user itself, by a sign-up. */
  readonly grantedBy?: AccountActor;
  readonly event: AccountEvent;
  /**
   * With what the user will log in, beside or in place of a password: a proof that belongs to no account yet, and the challenge of
   * the log-in that it began.
   */
  readonly proof?: SentProof;
  /** Called first, in the same transaction: spends what allows the account, such as a token. */
  readonly before?: (sql: SqlTransaction, at: Date) => Promise<void>;
}

/** A write that changes no account. */
export interface PackageWrite {
  readonly context: Asking;
  /** `subjectId` is the id of what it is about. */
  readonly event: AccountEvent & { readonly subjectId: string | null };
  /** The groups that it gives, now or later: the viewer must be able to grant each of them. */
  readonly grants?: readonly string[];
}

/** What a source, such as an identity provider, says of the groups of a user. */
export interface SourceGroups {
  readonly userId: string;
  /** The name of the package, `:` and a text of the package, such as `providers:ACME`. */
  readonly source: string;
  /** All that it gives. Those that it gave before and does not name are taken away. */
  readonly groups: readonly string[];
  readonly at: Date;
  /** Until when. There is no group without an end, so that nothing stays that was taken away at its source. */
  readonly until: Date;
}

/** A new password, to be checked by the rules and hashed. */
export interface NewPassword {
  readonly context: Asking;
  readonly password: string;
  /** The argument that errors name. */
  readonly argument: string;
  readonly username: string;
}

/** An operation of the schema that someone would run. */
export interface AskedOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Groups that it gives: `grantGroup` is decided for each of them too. */
  readonly grants?: readonly string[];
  /** Memberships that were granted later do not count, and neither does an actor that was disabled later. */
  readonly since?: Date;
}

/** How many users there are. Null: more than a thousand. */
export interface UserCounts {
  readonly enabled: number | null;
  readonly disabled: number | null;
}

/** What the server does where nothing is chosen for a new user, and the rule of new passwords. */
export interface AccountDefaults {
  /** In the order of the schema. */
  readonly groups: readonly string[];
  /** In characters. */
  readonly passwordMinLength: number;
}

/** How many memberships a group has that have not expired. Null: more than a thousand. */
export interface MemberCounts {
  readonly members: number | null;
  /** Those of them that expire within 7 days. */
  readonly ending: number | null;
}

/** Accounts, as packages see them. */
export interface PackageAccounts {
  readonly defaults: AccountDefaults;
  /**
   * Changes how a user can log in: one transaction that locks the account, checks the rights of the viewer again, does
   * the work, ends sessions, records the event and calls `notify`.
   *
   * @throws {NotFoundError} when there is no such user. @throws the error of the work: nothing was changed.
   * @throws FORBIDDEN, when the viewer could not grant the groups of another account: see `allowedBy`.
   * @throws {UnauthenticatedError} with a proof, as `reauthenticate`: FACTOR_REQUIRED, BAD_CREDENTIALS or CHALLENGE_ENDED.
   */
  change<Result>(
    change: AccountChange,
    work: (sql: SqlTransaction, changing: ChangingAccount) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Passes the door of log-ins with a proof of the session that asks, before a change in several requests: seal what the
   * next one needs to that session. The work, in the same transaction, gets the time, the groups, and what was proved, with
   * all that it rests on.
   *
   * @throws {UnauthenticatedError} as `change` with a proof. @throws the error of the work: the proof was not spent.
   */
  prove<Result>(
    asked: SentProof & { readonly context: Asking },
    work: (sql: SqlTransaction, proving: ProvingAccount) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Creates a user in one transaction with the work, which gets the id and the time. Records the event.
   *
   * @throws {BadUserInputError} for what is invalid, or taken. @throws the error of the work: nothing was created.
   */
  create<Result>(
    account: NewAccount,
    work: (
      sql: SqlTransaction,
      created: { readonly id: string; readonly at: Date },
    ) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Writes to tables of the package in one transaction that checks the rights of the viewer again and records the event.
   *
   * @throws the error of the work: nothing was written.
   */
  write<Result>(
    writing: PackageWrite,
    work: (sql: SqlTransaction, at: Date) => Promise<Result>,
  ): Promise<Result>;
  /** Checks a new password by the rules, and hashes it. @throws {BadUserInputError} */
  hashPassword(password: NewPassword): Promise<string>;
  /** Parses an address. @throws {BadUserInputError} with the name of the argument. */
  parseEmail(argument: string, text: string): Email;
  /** Returns the accounts with these ids that exist, in any order. */
  find(
    sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
    ids: readonly string[],
  ): Promise<readonly AccountFacts[]>;
  /** Returns accounts in the order of their ids, after one of them (null: from the first), to visit all page by page. */
  listAfter(
    sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
    afterId: string | null,
    limit: number,
  ): Promise<readonly AccountFacts[]>;
  /**
   * Returns the id of the last ADMIN that is enabled and whose membership has no end: whatever would leave none is refused
   * with LAST_ADMIN. Undefined: there are several, or none.
   */
  lastAdmin(sql: Pick<SqlTransaction, '$queryRawUnsafe'>): Promise<string | undefined>;
  /** Counts users in one statement, up to a thousand of each state. */
  countUsers(sql: Pick<SqlTransaction, '$queryRawUnsafe'>): Promise<UserCounts>;
  /** Counts the members of groups in one statement, up to a thousand of each. */
  countMembers(
    sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
    groups: readonly string[],
  ): Promise<ReadonlyMap<string, MemberCounts>>;
  /**
   * Whether a user or an API client could run an operation now, by the groups that it holds, as if it had just proved
   * itself. Locks these groups until the transaction ends. False for one that is disabled or was deleted.
   */
  mayRun(sql: SqlTransaction, actor: AccountActor, operation: AskedOperation): Promise<boolean>;
  /** Records an audit event about a user. @throws {TypeError} for an action of another form. */
  record(
    sql: SqlTransaction,
    event: AccountEvent & { readonly subjectId: string | null },
  ): Promise<void>;
  /**
   * Gives a user the groups of a source, in place of those that it gave before. Call it in a transaction that has locked the
   * user, as `spend` of a proof. They stand beside the memberships that were granted by hand.
   *
   * @throws {BadUserInputError} when the schema has no such group.
   */
  giveGroups(sql: SqlTransaction, given: SourceGroups): Promise<void>;
  /**
   * Ends the sessions that were opened with one of these ids (`openedWith` of a proof), and the log-ins that would open one.
   * It locks their users, so hold no lock that log-ins wait for. Returns how many sessions it has ended. After the commit, the
   * next request with each is refused, on every node.
   */
  endOpened(
    sql: SqlTransaction,
    openedWith: readonly string[],
    end: { readonly at: Date; readonly reason: string },
  ): Promise<number>;
  /** Returns the user whose log-in a challenge continues. Undefined: the challenge has ended, or is another browser's. */
  ofChallenge(
    challenge: string,
    context: Pick<Context, 'viewer' | 'browserSession'>,
  ): Promise<string | undefined>;
}
