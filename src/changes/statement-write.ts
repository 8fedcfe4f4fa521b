import type { Read } from '../database/connect.ts';
import { retryCollisions } from '../database/time/retry-collisions.ts';
import type { DataClient } from '../values/sql-transaction.ts';
import { explainReference } from './explain-reference.ts';
import type { Origin } from './origin.ts';
import { eventValues, insertEvent, type NewAuditEvent } from './record-event.ts';

/** A statement that writes, which each connection prepares once by name. */
export interface WriteStatement {
  readonly name: string;
  /** The highest placeholder: 3 with `$1`, `$2` and `$3`. */
  readonly valueCount: number;
  /** The tables of its WITH clause. `written` returns rows if something was written, which are the result. */
  readonly tables: string;
}

/** The values of a statement, and its event. */
export interface StatementTerms {
  readonly values: readonly unknown[];
  /** Without a viewer: one statement cannot check rights again, and guards not at all. */
  readonly origin: Omit<Origin, 'rights'> & { readonly rights?: never };
  readonly event: NewAuditEvent;
}

/**
 * Prepares a write of one statement, which is committed when the returned function resolves. It records the event if
 * `written` returns rows, and returns the rows. Serialization failures are retried.
 *
 * One round trip, instead of those of a transaction. All its parts share one snapshot, which is older than the locks
 * that it waits for: only the rows that it locks or updates are read again after that.
 *
 * @throws the driver's error; see `toClientError`. After a lost connection it is unknown whether it was committed, and its
 *   rows are lost: only for what clients may repeat, such as a refresh.
 */
export type StatementWrite = <Row extends object>(
  statement: WriteStatement,
) => (terms: StatementTerms) => Promise<readonly Row[]>;

export interface StatementWriteDependencies<TTransaction> {
  readonly data: DataClient<TTransaction>;
  /** Runs statements on the primary. */
  readonly run: Read;
}

const retried = retryCollisions(<Result>(attempt: () => Promise<Result>) => attempt(), {
  random: Math.random,
});

/** Creates the function that writes with one statement, for what needs no guard and no more than one event. */
export function createStatementWrite<TTransaction>({
  data,
  run,
}: StatementWriteDependencies<TTransaction>): StatementWrite {
  return <Row extends object>({ name, valueCount, tables }: WriteStatement) => {
    const event = insertEvent(valueCount + 1, 'EXISTS (SELECT FROM written)');
    const text = `WITH ${tables}, event AS (${event}) SELECT * FROM written`;
    return async ({ values, origin, event }) => {
      try {
        return await retried(() =>
          run<Row>({ name, text }, [...values, ...eventValues(origin, event)]),
        );
      } catch (error) {
        throw await explainReference(error, data);
      }
    };
  };
}
