import type { Origin } from './origin.ts';
import { createWrite, type WriteDependencies } from './write-in-transaction.ts';

/** The methods of a Prisma model that write nothing. */
type ReadMethod =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findMany'
  | 'count'
  | 'aggregate'
  | 'groupBy';

/** A data client without its methods that write: those do not compile outside of `change`. */
export type ReadOnlyClient<TClient> = {
  readonly [Key in keyof TClient as Key extends `$${string}`
    ? Extract<Key, '$queryRaw'>
    : Key]: TClient[Key] extends { findMany: unknown }
    ? Pick<TClient[Key], Extract<keyof TClient[Key], ReadMethod>>
    : TClient[Key];
};

/** The client of one transaction: for Prisma what `$transaction` passes, else the client itself. */
export type TransactionOf<TClient> = TClient extends {
  $transaction(work: (transaction: infer Transaction) => Promise<unknown>): unknown;
}
  ? Transaction
  : TClient;

/** The audit event of a change. */
export interface ChangeEvent {
  /** What happens, as `thing.happened`. */
  readonly action: string;
  /** The id of what it is done to, a UUID. */
  readonly subjectId?: string | null | undefined;
  /** More about it, for a person to read. Never a secret. */
  readonly detail?: string;
}

/** The event of a change, or what makes it of the change's result. */
export type EventOf<Result> = ChangeEvent | ((result: Result) => ChangeEvent);

export interface ChangeOptions<TTransaction> {
  /**
   * Whether what a policy admitted the viewer by still holds, read in the transaction. When it does not, the
   * guards decide again, and the change is made or refused as they say.
   */
  readonly stillHolds?: (transaction: TTransaction) => Promise<boolean>;
}

/**
 * Writes, in one transaction: re-checks the viewer's session and groups, does `work`, records the audit event,
 * commits. Serialization failures are retried, so `work` may run more than once.
 *
 * @throws what `work` throws; the transaction is then undone.
 */
export type Change<TTransaction> = <Result>(
  event: EventOf<Result>,
  work: (transaction: TTransaction) => Promise<Result>,
  options?: ChangeOptions<TTransaction>,
) => Promise<Result>;

export interface ChangeDependencies<TTransaction> extends WriteDependencies<TTransaction> {
  /** Who is asking, read at each change. */
  readonly originOf: () => Origin;
}

/** Makes the function that writes for one request, or for one mutation field of it. */
export function createChange<TTransaction>({
  originOf,
  ...dependencies
}: ChangeDependencies<TTransaction>): Change<TTransaction> {
  const write = createWrite(dependencies);
  return (event, work, { stillHolds } = {}) =>
    write({ origin: originOf(), stillHolds }, async (transaction, { record }) => {
      const result = await work(transaction);
      const { subjectId = null, ...made } = typeof event === 'function' ? event(result) : event;
      await record({ ...made, subjectId });
      return result;
    });
}
