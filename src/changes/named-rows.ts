/** The rows that a mutation names by ids and that it writes. Each may be read in the transaction of the change alone. */
export interface NamedRows {
  /** Returns a text for each row, the same for every change that names the row by the same id. */
  keys(): readonly string[];
  /**
   * Reads the rows that the ids in the arguments name, by argument: `id`, `input.into`.
   *
   * @throws {MissingRowError | AuthorizationError} by rejecting, for one that no longer exists for the viewer.
   */
  read(transaction: unknown): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Requires that the named and the written rows still exist for the viewer.
   *
   * @throws {AuthorizationError} by rejecting: FORBIDDEN, `POLICY_DENIED`.
   */
  requireKept(transaction: unknown, written: WrittenRows): Promise<void>;
}

/** What a change has done to rows. */
export interface WrittenRows {
  /** The arguments whose rows the change deletes, or hands over to others. */
  readonly leaves: readonly string[];
  /** The ids of rows that the change has written, by type. */
  readonly writes: Readonly<Record<string, readonly unknown[]>>;
}
