import { createAskOutcome } from '../changes/ask-outcome.ts';
import { toOwnClient } from '../changes/own-client.ts';
import { createStatementWrite, type StatementWrite } from '../changes/statement-write.ts';
import { createWrite, type Write } from '../changes/write-in-transaction.ts';
import type { Database, DatabaseTransaction, Read } from '../database/connect.ts';
import type { RequireGrantable } from '../schema/packages/require-grantable.ts';
import type { FactorTable } from '../values/factor.ts';
import type { Group, Groups, HeldOf } from '../values/groups.ts';
import type { AccountNotice } from '../values/proof.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';

/** The dependencies of a store. `now` is the process's clock. */
export interface StoreDependencies {
  /** For reading. Only `write` and `writeStatement` write. */
  readonly database: Database;
  /** Runs the reads of every request. */
  readonly read: Read;
  /** Reads from the replica. Undefined without a replica. */
  readonly replica?: Pick<StoreDependencies, 'database' | 'read'> | undefined;
  /** How long a viewer's change is not certain to be on the replica. Undefined without a replica. */
  readonly settleMs?: number | undefined;
  readonly write: Write<DatabaseTransaction>;
  readonly writeStatement: StatementWrite;
  /** The groups of the composed schema. No other name is written. */
  readonly groups: Groups;
  readonly heldOf: HeldOf;
  readonly requireGrantable: RequireGrantable;
  /** What the schema says of groups that are held in places. */
  readonly placeGrants: () => PlaceGrantRules;
  /** Gives packages what happened to an account, in the transaction of its cause. */
  readonly notify: Notify;
  /** Renames a group in the tables of packages, in the transaction that renames it for its holders. */
  readonly renameGroup: RenameGroup;
  readonly now: () => Date;
}

export interface PlaceGrantRules {
  /** The groups that each group may grant. */
  readonly grants: ReadonlyMap<Group, readonly Group[]>;
  /** Those of which each place keeps one holder. */
  readonly keptGroups: readonly Group[];
}

export type Notify = (sql: SqlTransaction, notice: AccountNotice) => Promise<void>;

export type RenameGroup = (
  sql: SqlTransaction,
  group: { readonly name: string; readonly newName: Group },
) => Promise<void>;

export interface SessionStoreDependencies extends StoreDependencies {
  readonly factors: FactorTable;
  /** The time after which a session that is not refreshed ends, in seconds. */
  readonly sessionIdleSeconds: number;
  /** The maximum number of live sessions of a user. One more login ends the least recently used one. */
  readonly maxSessionsPerUser: number;
}

type Writes = Pick<StoreDependencies, 'write' | 'writeStatement'>;
type WriteOptions = Pick<StoreDependencies, 'database' | 'read' | 'now' | 'groups' | 'heldOf'>;

/** Adds the functions that write. */
export const withWrite = <Options extends WriteOptions>(options: Options): Options & Writes => {
  const { database, read, now, groups, heldOf } = options;
  const { data, run } = toOwnClient({ database, read });
  return {
    ...options,
    write: createWrite({ data, askOutcome: createAskOutcome(read), now, groups, heldOf }),
    writeStatement: createStatementWrite({ data, run }),
  };
};
