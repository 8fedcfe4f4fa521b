import type { Database, DatabaseConnection } from '../database/connect.ts';
import { isRejectedData } from '../database/errors.ts';
import type { DataClient, SqlTransaction } from '../values/sql-transaction.ts';
import { transact } from './transact.ts';

/** A database without a transaction, and with one. */
export interface PackageDatabase
  extends SqlTransaction,
    Pick<DataClient<SqlTransaction>, 'transaction'> {
  /** The replica, for lists that may be a little old: see `fromReplica`. Without one, the database itself. */
  readonly replica: Pick<SqlTransaction, '$queryRawUnsafe'>;
  /** Runs a statement that each connection prepares once: for what many requests run. */
  runPrepared(
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<readonly object[]>;
  /** How long a statement may take, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Whether an error says that the database rejected the values of a statement, so that others could be written. */
  isRejectedData(error: unknown): boolean;
}

/**
 * Gives packages the database for their own tables. Serialization failures are retried, so work may run again. What has
 * become of a transaction whose commit is not answered is unknown: no event has its number.
 */
export const toPackageDatabase = (
  { database, read, replica }: Pick<DatabaseConnection, 'database' | 'read' | 'replica'>,
  { statementTimeoutMs }: Pick<PackageDatabase, 'statementTimeoutMs'>,
): PackageDatabase => ({
  ...toSql(database),
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
  replica: toSql(replica?.connection.database ?? database),
  runPrepared: (statement, values) => read(statement, values),
  statementTimeoutMs,
  isRejectedData,
});

/** Gives packages no more of a client than to run SQL. */
const toSql = (database: Database): SqlTransaction => ({
  $queryRawUnsafe: (text, ...values) => database.$queryRawUnsafe(text, ...values),
});
