import type { Database, DatabaseTransaction, Read } from '../database/connect.ts';
import { toOwnWriteError } from '../database/errors.ts';
import type { DataClient } from '../values/sql-transaction.ts';

/** Returns what writes to Gatehouse's own tables: in transactions, and by single statements. */
export function toOwnClient({
  database,
  read,
}: {
  readonly database: Database;
  readonly read: Read;
}): { readonly data: DataClient<DatabaseTransaction>; readonly run: Read } {
  const refuse = (error: unknown): never => {
    throw toOwnWriteError(error);
  };
  return {
    data: {
      transaction: (work) => database.$transaction(work).catch(refuse),
      sql: (transaction) => transaction,
    },
    run: <Row extends object>(...args: Parameters<Read>) => read<Row>(...args).catch(refuse),
  };
}
