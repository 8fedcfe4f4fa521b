/** A transaction that runs SQL, independent of the data client. Prisma's transactions have this interface. */
export interface SqlTransaction {
  /** Placeholders are `$1`, `$2`. Resolves with an array of rows. */
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** The part of a data client that Gatehouse uses. */
export interface DataClient<TTransaction> {
  transaction<Result>(work: (transaction: TTransaction) => Promise<Result>): Promise<Result>;
  /** Returns the transaction as one that runs SQL. */
  sql(transaction: TTransaction): SqlTransaction;
}
