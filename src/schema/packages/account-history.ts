/** Who caused a record, from the view of the account that it is shown to. It identifies no other account. */
export type RecordCause =
  | 'ACCOUNT'
  | 'ANOTHER_USER'
  | 'API_CLIENT'
  /** A request without a log-in, such as a failed login or the link of a mail. */
  | 'ANONYMOUS'
  /** The server, or a command on its machine. */
  | 'SYSTEM';

/** A record of the audit log, as a user may see it about itself: without details, and without what identifies others. */
export interface HistoryRecord {
  /** A UUID of version 7. */
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly cause: RecordCause;
  /** Whether the account was changed. False: the user caused it, and it is about something else, such as a session. */
  readonly isAboutAccount: boolean;
  /** The address of the request, if the account caused it. */
  readonly ip: string | null;
}

export interface AskedHistory {
  readonly userId: string;
  /** How many records at most. */
  readonly first: number;
  /** Only records before the one with this id, a UUID in lower case. Null: from the latest. */
  readonly afterId: string | null;
}

export interface HistoryPage {
  /** The latest first. There can be fewer than were asked for. */
  readonly records: readonly HistoryRecord[];
  /** The id after which the next page begins. Null: this is the last page. */
  readonly nextId: string | null;
}

/** Reads what the audit log has about the account of a user, and what the user caused. */
export interface AccountHistory {
  /** Reads as many records as are asked for by each of two indexes, however long the log is. */
  read(asked: AskedHistory): Promise<HistoryPage>;
}
