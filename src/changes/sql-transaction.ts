/** A transaction in which SQL text runs, whatever the data client is. Prisma's transactions are one. */
export interface SqlTransaction {
  /** Values stand in the text as `$1`, `$2`. Resolves with an array of rows. */
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** What Gatehouse needs of a data client. */
export interface DataClient<TTransaction> {
  transaction<Result>(work: (transaction: TTransaction) => Promise<Result>): Promise<Result>;
  /** Runs SQL text with values in a transaction. */
  sql(transaction: TTransaction): SqlTransaction;
}
