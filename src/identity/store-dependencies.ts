import type { DataClient } from '../changes/sql-transaction.ts';
import { createWrite, type Write } from '../changes/write-in-transaction.ts';
import type { Groups } from '../composition/groups.ts';
import type { Database, DatabaseTransaction, Read } from '../database/connect.ts';

/** What a store works with. `now` is the process's clock. */
export interface StoreDependencies {
  /** To read with. Written is by `write`. */
  readonly database: Database;
  readonly write: Write<DatabaseTransaction>;
  /** The groups of the composed schema: no other name is written. */
  readonly groups: Groups;
  readonly now: () => Date;
}

/** What the stores that deal with sessions work with. */
export interface SessionStoreDependencies extends StoreDependencies {
  /** Reads what each request needs. */
  readonly read: Read;
  /** A session that has not been refreshed for so long has ended. */
  readonly sessionIdleSeconds: number;
  /** How many live sessions a user may have: one more login ends the one used least recently. */
  readonly maxSessionsPerUser: number;
}

/** Adds what stores write with. */
export const withWrite = <Options extends Pick<StoreDependencies, 'database' | 'now'>>(
  options: Options,
): Options & Pick<StoreDependencies, 'write'> => {
  const { database, now } = options;
  const data: DataClient<DatabaseTransaction> = {
    transaction: (work) => database.$transaction(work),
    sql: (transaction) => transaction,
  };
  return { ...options, write: createWrite({ data, now }) };
};
