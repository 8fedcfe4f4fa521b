import type { NarrowingClause } from '../../decision/decision.ts';
import { isPromise } from '../../decision/is-promise.ts';
import { admitsRow } from '../../decision/policies.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { FieldCall, MaybePromise } from '../calls/field-call.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import type { PolicyCalls } from '../calls/policy-calls.ts';
import { RowsError } from '../calls/rows-error.ts';

/** Combines filters in the terms of the application's data client. Called with two filters or more. */
export interface CombineFilters {
  /** Returns the filter of the rows that any of the filters selects. */
  readonly any: (filters: readonly unknown[]) => unknown;
  /** Returns the filter of the rows that all of the filters select. */
  readonly all: (filters: readonly unknown[]) => unknown;
}

/** How rows are filtered, and what happens when that fails. */
export interface RowOptions<TContext> {
  /** Default: the filters of Prisma, `{ OR: [...] }` and `{ AND: [...] }`. */
  readonly combineFilters?: CombineFilters;
  /**
   * Called when a narrowed field is not delivered: its resolver did not ask for the filter or returned a row that
   * is not admitted, or a filter could not be made. The client gets an internal error.
   */
  readonly onRowsError?: (error: RowsError, context: TContext) => void;
}

/** One call of a field that returns only some of its rows to the viewer. */
export interface NarrowedCall<TContext> {
  readonly coordinate: string;
  readonly clauses: readonly NarrowingClause[];
  readonly viewer: Viewer;
  readonly call: Pick<FieldCall<TContext>, 'context'>;
  /** The narrowed connection that this field belongs to. Its clauses hold too. */
  readonly above: NarrowedCall<TContext> | undefined;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
  /**
   * The answers of policies about the rows that a connection has when it is returned: edges and nodes can have the same
   * ones. Undefined for all other rows, since a resolver may make each of them in the same object.
   */
  answers: Map<unknown, MaybePromise<boolean>> | undefined;
  /** The filter, once the resolver has asked for it. */
  filter?: { readonly value: unknown };
  /** Whether the connection was delivered. Its other rows are checked where they are delivered. */
  isDelivered?: boolean;
  /** The error of the first mistake. After it, no more rows are delivered. */
  failure?: Error;
}

/** Asks the policies of narrowed calls. */
export interface NarrowedCalls<TContext> {
  /**
   * Returns the filter of a call, and records that its resolver has asked for it.
   *
   * @throws {GraphQLError} when it cannot be made, and what `onPolicyError` throws.
   */
  filterOf(narrowed: NarrowedCall<TContext>): unknown;
  /** Whether a policy of each clause admits a row. Returns a promise only when a policy does. */
  admits(narrowed: NarrowedCall<TContext>, row: unknown): MaybePromise<boolean>;
  /** Reports the first mistake of a call to `onRowsError`, and returns the error for the client. */
  fail(narrowed: NarrowedCall<TContext>, problem: string, cause?: unknown): Error;
}

/** Filters of Prisma. */
const prismaFilters: CombineFilters = {
  any: (filters) => ({ OR: filters }),
  all: (filters) => ({ AND: filters }),
};

export function createNarrowedCalls<TContext>(
  policies: PolicyCalls<TContext>,
  { combineFilters = prismaFilters, onRowsError }: RowOptions<TContext>,
): NarrowedCalls<TContext> {
  function fail(narrowed: NarrowedCall<TContext>, problem: string, cause?: unknown): Error {
    if (narrowed.failure !== undefined) return narrowed.failure;
    const isLate = narrowed.isDelivered === true || narrowed.above !== undefined;
    const error = new RowsError(narrowed.coordinate, problem, { cause, isLate });
    narrowed.failure = toInternalError(error);
    onRowsError?.(error, narrowed.call.context);
    return narrowed.failure;
  }

  /** Rejects the filters that a data client could take for all rows. */
  function assertFilter(narrowed: NarrowedCall<TContext>, source: string, filter: unknown) {
    if (isPromise(filter)) {
      markRejectionHandled(filter);
      throw fail(narrowed, `${source} returned a promise: it must not be asynchronous`);
    }
    if (filter === undefined || filter === null)
      throw fail(narrowed, `${source} returned no filter`);
    return filter;
  }

  function whereOf(narrowed: NarrowedCall<TContext>, policy: string): unknown {
    let filter: unknown;
    try {
      filter = policies.where(policy, narrowed.viewer, narrowed.call.context);
    } catch (error) {
      policies.onError(error, policy, narrowed.call.context);
      throw fail(narrowed, `the \`where\` of ${policy} threw an error`, error);
    }
    return assertFilter(narrowed, `the \`where\` of ${policy}`, filter);
  }

  function combine(
    narrowed: NarrowedCall<TContext>,
    how: keyof CombineFilters,
    filters: readonly unknown[],
  ): unknown {
    if (filters.length === 1) return filters[0];
    return assertFilter(narrowed, `\`combineFilters.${how}\``, combineFilters[how](filters));
  }

  function filterOf(narrowed: NarrowedCall<TContext>): unknown {
    if (narrowed.filter !== undefined) return narrowed.filter.value;
    const { clauses, above } = narrowed;
    const ofClauses = clauses.map(({ rows }) =>
      combine(
        narrowed,
        'any',
        rows.map((policy) => whereOf(narrowed, policy)),
      ),
    );
    const ofAbove = above === undefined ? [] : [filterOf(above)];
    const value = combine(narrowed, 'all', [...ofAbove, ...ofClauses]);
    narrowed.filter = { value };
    return value;
  }

  function ask(
    { coordinate, clauses, viewer, call, above }: NarrowedCall<TContext>,
    row: unknown,
  ): MaybePromise<boolean> {
    const own = admitsRow(clauses, (policy) =>
      policies.admitsRow(policy, viewer, { coordinate, row, context: call.context }),
    );
    if (above === undefined || own === false) return own;
    return own === true
      ? admits(above, row)
      : own.then((admitted) => admitted && admits(above, row));
  }

  function admits(narrowed: NarrowedCall<TContext>, row: unknown): MaybePromise<boolean> {
    const known = narrowed.answers?.get(row);
    if (known !== undefined) return known;
    const answer = ask(narrowed, row);
    narrowed.answers?.set(row, answer);
    return answer;
  }

  return { filterOf, admits, fail };
}
