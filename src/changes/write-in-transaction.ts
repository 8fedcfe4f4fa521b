import { confirmViewer } from './confirm-viewer.ts';
import { explainReference } from './explain-reference.ts';
import type { Actor, Origin } from './origin.ts';
import { type NewAuditEvent, recordEvent } from './record-event.ts';
import type { DataClient } from './sql-transaction.ts';

/** Who writes, and what has to be locked. */
export interface WriteTerms<TTransaction> {
  readonly origin: Origin;
  /** Whose account, groups, sessions or secret the transaction changes, if anyone's. */
  readonly changing?: Actor;
  /** Takes a lock that comes before those of the viewer and of the one to be changed. */
  readonly lock?: (transaction: TTransaction) => Promise<unknown>;
}

/** What the work of one transaction is given beside it. */
export interface Writing {
  /** When the locks of `WriteTerms.lock` were held. */
  readonly at: Date;
  /** Records an audit event of the same transaction. Without a moment of its own it has happened `at`. */
  record(event: Omit<NewAuditEvent, 'at'> & Partial<Pick<NewAuditEvent, 'at'>>): Promise<void>;
}

/**
 * Writes in one transaction: takes the locks, re-reads the viewer's session and groups, does the work and commits.
 * The work records its audit events. Serialization failures are retried, so it may run more than once.
 *
 * @throws {OutdatedDecisionError} when something was taken from the viewer.
 * @throws {StillReferencedError} when a foreign key forbids to remove a record. @throws what the work throws.
 */
export type Write<TTransaction> = <Result>(
  terms: WriteTerms<TTransaction>,
  work: (transaction: TTransaction, writing: Writing) => Promise<Result>,
) => Promise<Result>;

export interface WriteDependencies<TTransaction> {
  readonly data: DataClient<TTransaction>;
  readonly now: () => Date;
}

/** Makes the only way to write, for Gatehouse's own stores and for `change` alike. */
export const createWrite =
  <TTransaction>({ data, now }: WriteDependencies<TTransaction>): Write<TTransaction> =>
  async ({ origin, changing, lock }, work) => {
    try {
      return await data.transaction(async (transaction) => {
        await lock?.(transaction);
        const at = now();
        const sql = data.sql(transaction);
        await confirmViewer(sql, origin, { at, ...(changing === undefined ? {} : { changing }) });
        return work(transaction, {
          at,
          record: (event) => recordEvent(sql, origin, { at, ...event }),
        });
      });
    } catch (error) {
      throw await explainReference(error, data);
    }
  };
