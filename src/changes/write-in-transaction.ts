import type { Viewer } from '../authentication/viewer.ts';
import { explainReference } from './explain-reference.ts';
import { findLostRights } from './find-lost-rights.ts';
import { type Actor, type Origin, originBy } from './origin.ts';
import { type NewAuditEvent, recordEvent } from './record-event.ts';
import { changedMeanwhile } from './rights.ts';
import type { DataClient } from './sql-transaction.ts';

/** Who writes, and what has to be locked. */
export interface WriteTerms<TTransaction> {
  readonly origin: Origin;
  /** Whose account, groups, sessions or secret the transaction changes, if anyone's. */
  readonly changing?: Actor;
  /** Takes a lock that comes before those of the viewer and of the one to be changed. */
  readonly lock?: (transaction: TTransaction) => Promise<unknown>;
  /**
   * Whether the data by which a policy admitted the viewer is still the same, read in the transaction. If not, the
   * guards are asked again.
   */
  readonly stillHolds?: ((transaction: TTransaction) => Promise<boolean>) | undefined;
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
 * If a right was lost, nothing is written and the guards are asked again: the answer is theirs, or the work is done
 * with the rights that are left.
 *
 * @throws {AuthorizationError | ConflictError} when rights were lost, as `Rights.recheck` says.
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

/** What one transaction came to: its result, or the viewer whose rights have changed. */
type Outcome<Result> = { readonly result: Result } | { readonly changed: Viewer };

/** Makes the only way to write, for Gatehouse's own stores and for `change` alike. */
export function createWrite<TTransaction>({
  data,
  now,
}: WriteDependencies<TTransaction>): Write<TTransaction> {
  return async (terms, work) => {
    const { rights } = terms.origin;
    rights?.requireAdmitted();
    const first = await write(terms, work);
    if ('result' in first) return first.result;
    // Unreachable without rights: there is no viewer then whose rights could change.
    if (rights === undefined) throw changedMeanwhile();
    await rights.recheck(first.changed);
    // The guards have just read what the policy depends on.
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
    try {
      const outcome = await data.transaction(async (transaction): Promise<Outcome<Result>> => {
        await lock?.(transaction);
        const at = now();
        const sql = data.sql(transaction);
        const confirmation = { at, ...(changing === undefined ? {} : { changing }) };
        const changed = await findLostRights(sql, viewer, confirmation);
        if (changed !== undefined) return { changed };
        if (viewer !== undefined && (await stillHolds?.(transaction)) === false) {
          return { changed: viewer };
        }
        const record: Writing['record'] = (event) => recordEvent(sql, origin, { at, ...event });
        return { result: await work(transaction, { at, record }) };
      });
      if ('result' in outcome) origin.rights?.committed();
      return outcome;
    } catch (error) {
      throw await explainReference(error, data);
    }
  }
}
