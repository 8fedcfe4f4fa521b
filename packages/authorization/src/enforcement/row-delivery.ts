import type { GraphQLResolveInfo } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { type CheckRow, readItems } from './check-rows.ts';
import type { Decider } from './decider.ts';
import type { MaybePromise } from './field-call.ts';
import { markHandled } from './mark-handled.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';

/** The value that a resolver returned, and how its rows are checked. */
interface Delivery<TContext> {
  readonly rows: NarrowedCall<TContext>;
  /** Whether the resolver has to ask for the filter before it returns, or before its generator ends. */
  readonly mustAsk: boolean;
  readonly isList: boolean;
  readonly check: (value: unknown) => MaybePromise<unknown>;
}

/** Delivers the rows of narrowed calls, or a mistake instead. */
export interface RowDelivery<TContext> {
  /** Creates the check of one row. It throws when the row is not admitted. In a dry run it reports the row. */
  check(narrowed: NarrowedCall<TContext>, info: GraphQLResolveInfo): CheckRow;
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

  function deliver(value: unknown, delivery: Delivery<TContext>): unknown {
    if (isPromise(value)) {
      return markHandled(Promise.resolve(value).then((late) => deliver(late, delivery)));
    }
    if (value instanceof Error) return value;
    const { rows, mustAsk, isList, check } = delivery;
    try {
      const items = isList ? readItems(value) : value;
      if (items !== value) return deliver(items, delivery);
      if (rows.failure !== undefined) throw rows.failure;
      if (mustAsk && rows.filter === undefined && !isDryRun) {
        throw calls.fail(rows, 'its resolver did not ask which rows the viewer may see');
      }
      return check(value);
    } catch (error) {
      return markHandled(Promise.reject(error));
    }
  }

  return {
    deliver,
    check(narrowed, info) {
      const { admitted } = narrowed;
      const admits = calls.createAdmits(narrowed);
      const conclude = (isAdmitted: boolean, row: unknown): unknown => {
        if (!isAdmitted) return refuse(narrowed, row, info);
        admitted?.add(row);
        return row;
      };
      return (row) => {
        if (admitted?.has(row)) return row;
        const answer = admits(row);
        return typeof answer === 'boolean'
          ? conclude(answer, row)
          : markHandled(answer.then((late) => conclude(late, row)));
      };
    },
  };
}
