import { isRolledBack } from '../database/errors.ts';
import { currentDeadline } from '../database/time/request-budget.ts';
import { OutcomeUnknownError } from '../errors.ts';
import type { DataClient } from '../values/sql-transaction.ts';
import type { AskOutcome } from './ask-outcome.ts';
import type { WrittenEvent } from './record-event.ts';

export interface Worked<Result> {
  readonly result: Result;
  /** An event that it has written. Absent: it has written nothing. `unnumbered`: what it has written cannot be asked for. */
  readonly written?: WrittenEvent | 'unnumbered' | undefined;
}

/** What runs transactions, and says what has become of them. */
export interface Transactions<TTransaction> {
  readonly data: Pick<DataClient<TTransaction>, 'transaction'>;
  readonly askOutcome: AskOutcome;
}

/** Work that has ended, and the function that ends its commit. */
interface Committing<Result> extends Worked<Result> {
  readonly decide: (mayHaveEffect: boolean) => void;
}

/**
 * Runs work in a transaction. A transaction that fails after its work has ended may have been committed, such as when the
 * connection is lost: unless the error says that it was rolled back, the database is asked.
 *
 * @throws the error of the transaction, when it was rolled back. @throws {OutcomeUnknownError} when that is unknown.
 * @throws the error of the deadline, when the time of the request is over before the commit.
 */
export async function transact<TTransaction, Result>(
  { data, askOutcome }: Transactions<TTransaction>,
  work: (transaction: TTransaction) => Promise<Worked<Result>>,
): Promise<Result> {
  let committing: Committing<Result> | undefined;
  try {
    const { result, written, decide } = await data.transaction(async (transaction) => {
      // A data client can run the work again, when what it has written was rolled back.
      committing?.decide(false);
      committing = undefined;
      const worked = await work(transaction);
      const decide = currentDeadline()?.beginCommit() ?? (() => {});
      committing = { ...worked, decide };
      return committing;
    });
    decide(written !== undefined);
    return result;
  } catch (error) {
    if (committing === undefined) throw error;
    return settle(committing, error, askOutcome);
  }
}

/** Returns the result of a transaction whose commit failed, if it was committed all the same. */
async function settle<Result>(
  { result, written, decide }: Committing<Result>,
  error: unknown,
  askOutcome: AskOutcome,
): Promise<Result> {
  const isUndone = written === undefined || isRolledBack(error);
  const outcome = isUndone ? 'rolled back' : await outcomeOf(written, askOutcome);
  decide(outcome !== 'rolled back');
  if (outcome === 'committed') return result;
  throw outcome === 'rolled back' ? error : new OutcomeUnknownError({ cause: error });
}

const outcomeOf = async (written: WrittenEvent | 'unnumbered', askOutcome: AskOutcome) =>
  written === 'unnumbered' ? 'unknown' : askOutcome(written);
