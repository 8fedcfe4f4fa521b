import type { Database } from '../database/connect.ts';
import type { DataClient, SqlTransaction } from '../values/sql-transaction.ts';
import { transact } from './transact.ts';

/** A database without a transaction, and with one. */
export interface PackageDatabase
  extends SqlTransaction,
    Pick<DataClient<SqlTransaction>, 'transaction'> {}

/**
 * Gives packages the database for their own tables. Serialization failures are retried, so work may run again. What has
 * become of a transaction whose commit is not answered is unknown: no event has its number.
 */
export const toPackageDatabase = (database: Database): PackageDatabase => ({
  $queryRawUnsafe: (text, ...values) => database.$queryRawUnsafe(text, ...values),
  transaction: (work) =>
    transact(
      {
        data: { transaction: (inside) => database.$transaction(inside) },
        askOutcome: async () => 'unknown',
      },
      async (transaction: SqlTransaction) => ({
        result: await work(transaction),
        written: 'unnumbered',
      }),
    ),
});
