import type { Database } from '../database/connect.ts';
import type { DataClient, SqlTransaction } from '../values/sql-transaction.ts';

/** A database without a transaction, and with one. */
export interface PackageDatabase
  extends SqlTransaction,
    Pick<DataClient<SqlTransaction>, 'transaction'> {}

/** Gives packages the database for their own tables. Serialization failures are retried, so work may run again. */
export const toPackageDatabase = (database: Database): PackageDatabase => ({
  $queryRawUnsafe: (text, ...values) => database.$queryRawUnsafe(text, ...values),
  transaction: (work) => database.$transaction(work),
});
