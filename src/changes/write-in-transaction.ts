import type { Viewer } from '../authentication/viewer.ts';
import {
  requireOutsideTransaction,
  withinTransaction,
} from '../database/time/transaction-scope.ts';
import { OutcomeUnknownError } from '../errors.ts';
import type { Groups, HeldOf } from '../values/groups.ts';
import type { DataClient } from '../values/sql-transaction.ts';
import type { AskOutcome } from './ask-outcome.ts';
import { explainReference } from './explain-reference.ts';
import { findLostRights } from './find-lost-rights.ts';
import { type Actor, type Origin, originBy } from './origin.ts';
import { type NewAuditEvent, recordEvent, type WrittenEvent } from './record-event.ts';
import { changedMeanwhile } from './rights.ts';
import { transact, type Worked } from './transact.ts';

interface WriteTerms<TTransaction> {
  readonly origin: Origin;
  /** The user or client whose account, groups, sessions or secret the transaction changes. */
  readonly changing?: Actor;
  /** Takes a lock before those of the viewer and of `changing`. */
  readonly lock?: (transaction: TTransaction) => Promise<unknown>;
  /**
   * Re-reads in the transaction the data by which a policy admitted the viewer, and returns whether it is unchanged. If
   * not, the guards are checked again.
   */
  readonly stillHolds?: ((transaction: TTransaction) => Promise<boolean>) | undefined;
}

/** Passed to the work together with the transaction. */
export interface Writing {
  /** The time after the lock of `WriteTerms.lock` was acquired. */
  readonly at: Date;
  /** Records an audit event in the same transaction. Its time is `at` by default. */
  record(event: Omit<NewAuditEvent, 'at'> & Partial<Pick<NewAuditEvent, 'at'>>): Promise<void>;
  /** Says that the operation is refused: what the transaction writes, such as a challenge, is no effect of it. */
  refuse(): void;
}

/**
 * Writes in one transaction: takes the locks, re-reads the viewer's session and groups, runs the work and commits.
 * The work records its audit events. Serialization failures are retried, so it may run more than once.
 *
 * If a right was lost, nothing is written and the guards are checked again. If they admit the viewer with the
 * remaining rights, the work runs.
 *
 * @throws {OutsideTransactionError} inside the work of another write.
 * @throws {AuthorizationError | ConflictError} when rights were lost; see `Rights.recheck`.
 * @throws {StillReferencedError} when a foreign key prevents the removal of a record. @throws the error of the work.
 * @throws {OutcomeUnknownError} when the commit was not answered, and the database cannot say what has become of it.
 */
export type Write<TTransaction> = <Result>(
  terms: WriteTerms<TTransaction>,
  work: (transaction: TTransaction, writing: Writing) => Promise<Result>,
) => Promise<Result>;

export interface WriteDependencies<TTransaction> {
  readonly data: DataClient<TTransaction>;
  readonly askOutcome: AskOutcome;
  readonly now: () => Date;
  readonly groups: Pick<Groups, 'inEffect'>;
  readonly heldOf: HeldOf;
  /**
   * Whether transactions are serializable: where rules of types read other tables, PostgreSQL keeps what they decide among
   * such transactions alone.
   */
  readonly isSerializable?: () => boolean;
}

/** Must come before everything that reads. */
const serializable = 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE';

/** The result of one transaction, or the viewer whose rights have changed. */
type Outcome<Result> = { readonly result: Result } | { readonly changed: Viewer };

/** Creates the function that writes in a transaction, used by Gatehouse's own stores and by `change`. */
export function createWrite<TTransaction>({
  data,
  askOutcome,
  now,
  groups,
  heldOf,
  isSerializable = () => false,
}: WriteDependencies<TTransaction>): Write<TTransaction> {
  return async (terms, work) => {
    requireOutsideTransaction();
    const { rights } = terms.origin;
    rights?.requireAdmitted();
    const first = await write(terms, work);
    if ('result' in first) return first.result;
    // Unreachable: without rights there is no viewer whose rights could change.
    if (rights === undefined) throw changedMeanwhile();
    await rights.recheck(first.changed);
    // `stillHolds` is not needed: the guards have just read the data that the policy depends on.
    const origin = { ...terms.origin, ...originBy(rights) };
    const second = await write({ ...terms, origin, stillHolds: undefined }, work);
    return 'result' in second ? second.result : rights.refuse(changedMeanwhile());
  };

  async function write<Result>(
    { origin, changing, lock, stillHolds }: WriteTerms<TTransaction>,
    work: (transaction: TTransaction, writing: Writing) => Promise<Result>,
  ): Promise<Outcome<Result>> {
    const asking = origin.rights?.viewer();
    const viewer = asking?.isAuthenticated ? asking : undefined;
    let isRefused = false;
    const inside = async (transaction: TTransaction): Promise<Worked<Outcome<Result>>> => {
      isRefused = false;
      if (isSerializable()) await data.sql(transaction).$queryRawUnsafe(serializable);
      await lock?.(transaction);
      const at = now();
      const sql = data.sql(transaction);
      const confirmation = { at, groups, heldOf, ...(changing === undefined ? {} : { changing }) };
      const changed = await findLostRights(sql, viewer, confirmation);
      if (changed !== undefined) return { result: { changed } };
      if (viewer !== undefined && (await stillHolds?.(transaction)) === false) {
        return { result: { changed: viewer } };
      }
      let written: WrittenEvent | undefined;
      const record: Writing['record'] = async (event) => {
        written = await recordEvent(sql, origin, { at, ...event });
      };
      const refuse = () => {
        isRefused = true;
      };
      return { result: { result: await work(transaction, { at, record, refuse }) }, written };
    };
    try {
      const outcome = await transact({ data, askOutcome }, (transaction) =>
        withinTransaction(() => inside(transaction)),
      );
      if ('result' in outcome && !isRefused) origin.rights?.committed();
      return outcome;
    } catch (error) {
      if (error instanceof OutcomeUnknownError) origin.rights?.committed();
      throw await explainReference(error, data);
    }
  }
}
