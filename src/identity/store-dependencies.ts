import type { DataClient } from '../changes/sql-transaction.ts';
import { createWrite, type Write } from '../changes/write-in-transaction.ts';
import type { Groups } from '../composition/groups.ts';
import type { Database, DatabaseTransaction, Read } from '../database/connect.ts';

/** The dependencies of a store. `now` is the process's clock. */
export interface StoreDependencies {
  /** For reading. Only `write` writes. */
  readonly database: Database;
  /** Runs the reads of every request. */
  readonly read: Read;
  /** Reads from the replica. Undefined without a replica. */
  readonly replica?: Pick<StoreDependencies, 'database' | 'read'> | undefined;
  /** How long a viewer's change is not certain to be on the replica. Undefined without a replica. */
  readonly settleMs?: number | undefined;
  readonly write: Write<DatabaseTransaction>;
  /** The groups of the composed schema. No other name is written. */
  readonly groups: Groups;
  readonly now: () => Date;
}

/** The dependencies of stores for sessions. */
export interface SessionStoreDependencies extends StoreDependencies {
  /** The time after which a session that is not refreshed ends, in seconds. */
  readonly sessionIdleSeconds: number;
  /** The maximum number of live sessions of a user. One more login ends the least recently used one. */
  readonly maxSessionsPerUser: number;
}

/** Adds the function that writes. */
export const withWrite = <Options extends Pick<StoreDependencies, 'database' | 'now' | 'groups'>>(
  options: Options,
): Options & Pick<StoreDependencies, 'write'> => {
  const { database, now, groups } = options;
  const data: DataClient<DatabaseTransaction> = {
    transaction: (work) => database.$transaction(work),
    sql: (transaction) => transaction,
  };
  return { ...options, write: createWrite({ data, now, groups }) };
};
