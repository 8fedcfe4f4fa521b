import type { GraphQLResolveInfo } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { isAsyncIterable } from '../../decision/iterables.ts';
import type { Decider } from '../calls/decider.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { BrokenList, readItems } from '../values/list-items.ts';
import { type CheckRow, checkRows } from './check-rows.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';

/** How the rows of one call are checked. */
interface Delivery<TContext> {
  readonly narrowed: NarrowedCall<TContext>;
  /** Whether the resolver has to ask for the filter before it returns, or before its generator ends. */
  readonly mustAsk: boolean;
  /** The number of lists around the rows. */
  readonly depth: number;
  readonly check: CheckRow;
}

/** Delivers the rows of narrowed calls, or a mistake instead. */
export interface RowDelivery<TContext> {
  /** Creates the check of one row. It throws when the row is not admitted. In a dry run it reports the row. */
  createCheck(narrowed: NarrowedCall<TContext>, info: GraphQLResolveInfo): CheckRow;
  /**
   * Returns the value when its check passes. A failure is a rejected promise, never thrown: graphql-js 16 drops the
   * promises of other list items when one throws.
   */
  deliver(value: unknown, delivery: Delivery<TContext>): unknown;
}

export function createRowDelivery<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
): RowDelivery<TContext> {
  const isDryRun = decider.report !== undefined;

  function refuse(narrowed: NarrowedCall<TContext>, row: unknown, info: GraphQLResolveInfo) {
    const { coordinate, clauses, call } = narrowed;
    if (!isDryRun) {
      throw calls.fail(narrowed, 'it returned a row that its policies do not admit to the viewer');
    }
    const refusal = { code: 'FORBIDDEN', reason: 'POLICY_DENIED' } as const;
    const requires = clauses.map((clause) => clause.requires);
    const policies = clauses.map(({ rows }) => rows);
    decider.reportOnce({ ...refusal, coordinate, requires, policies }, call.context, info);
    return row;
  }

  /** @throws {GraphQLError} after a mistake, and when the resolver has to ask and did not. */
  function requireFilter({ narrowed, mustAsk }: Delivery<TContext>): void {
    if (narrowed.failure !== undefined) throw narrowed.failure;
    if (mustAsk && narrowed.filter === undefined && !isDryRun) {
      throw calls.fail(narrowed, 'its resolver did not ask which rows the viewer may see');
    }
  }

  function deliver(value: unknown, delivery: Delivery<TContext>): unknown {
    if (isPromise(value)) {
      return markRejectionHandled(Promise.resolve(value).then((late) => deliver(late, delivery)));
    }
    if (value instanceof Error) return value;
    const { depth, check } = delivery;
    try {
      const read = depth > 0 ? readItems(value) : value;
      if (read instanceof BrokenList) throw read.error;
      // An asynchronous iterable may ask when it is read.
      if (depth === 0 || !isAsyncIterable(read)) requireFilter(delivery);
      return checkRows(read, depth, (row) => {
        requireFilter(delivery);
        return check(row);
      });
    } catch (error) {
      return markRejectionHandled(Promise.reject(error));
    }
  }

  return {
    deliver,
    createCheck(narrowed, info) {
      const conclude = (isAdmitted: boolean, row: unknown): unknown =>
        isAdmitted ? row : refuse(narrowed, row, info);
      return (row) => {
        const answer = calls.admits(narrowed, row);
        return typeof answer === 'boolean'
          ? conclude(answer, row)
          : markRejectionHandled(answer.then((late) => conclude(late, row)));
      };
    },
  };
}
