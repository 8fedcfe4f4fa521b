/** A transaction in which SQL text runs, whatever the data client is. Prisma's transactions are one. */
export interface SqlTransaction {
  /** Values stand in the text as `$1`, `$2`. Resolves with an array of rows. */
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
}
