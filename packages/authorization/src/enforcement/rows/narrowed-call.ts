import { findUndefined } from '../../decision/find-undefined.ts';
import { isPromise } from '../../decision/is-promise.ts';
import { admitsRow } from '../../decision/policies.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { ShapesOf } from '../../options/shape.ts';
import { implies, type NarrowingClause, withoutProof } from '../../requirements/requirement.ts';
import type { AuthorizationError } from '../calls/authorization-error.ts';
import type { FieldCall, MaybePromise } from '../calls/field-call.ts';
import { toInternalError } from '../calls/internal-error.ts';
import type { PolicyCalls } from '../calls/policy-calls.ts';
import { markRejectionHandled } from '../calls/promises.ts';
import type { RowAnswers } from '../calls/row-answers.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { ViewerRules } from './type-rules.ts';

/** Combines filters in the terms of the application's data client. Called with two filters or more. */
export interface CombineFilters {
  /** Returns the filter of the rows that any of the filters selects. */
  readonly any: (filters: readonly unknown[]) => unknown;
  /** Returns the filter of the rows that all of the filters select. */
  readonly all: (filters: readonly unknown[]) => unknown;
}

export const combineFiltersShapes = {
  any: 'function',
  all: 'function',
} satisfies ShapesOf<CombineFilters>;

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
  /** The clauses of the field itself. */
  readonly clauses: readonly NarrowingClause[];
  /** The rules of the types of its rows. Undefined: none of them narrows the viewer. */
  readonly rules: ViewerRules | undefined;
  readonly viewer: Viewer;
  readonly call: Pick<FieldCall<TContext>, 'context'>;
  /** The narrowed connection that this field belongs to. Its clauses hold too. */
  readonly connection: NarrowedCall<TContext> | undefined;
  /** The names of the object types of its rows. */
  readonly rowTypes: ReadonlySet<string>;
  /** The answers of policies about rows so far, of all calls that have the same ones. */
  readonly answers: RowAnswers;
  /** The filters that its resolver has asked for, by the type of the rows. Undefined: of all types. */
  readonly filters: Map<string | undefined, unknown>;
  /**
   * The refusal of a viewer who has not proved its identity as the rule of one of the types of a connection's rows asks.
   * The clauses and rules may leave it all rows.
   */
  readonly unproven?: AuthorizationError | undefined;
  /** Whether the connection was delivered. Its other rows are checked where they are delivered. */
  isDelivered?: boolean;
  /** The error of the first mistake. After it, no more rows are delivered. */
  failure?: Error;
}

/** Whether clauses or rules can keep rows of a call from the viewer. */
export const hidesRows = <TContext>({ clauses, rules }: NarrowedCall<TContext>): boolean =>
  clauses.length > 0 || rules !== undefined;

/** Asks the policies of narrowed calls. */
export interface NarrowedCalls<TContext> {
  /**
   * Returns the filter of the rows of a call, or of those of one type, and records that its resolver has asked for it.
   * Undefined: all rows.
   *
   * @throws {GraphQLError} when it cannot be made, and what `onPolicyError` throws.
   */
  filterOf(narrowed: NarrowedCall<TContext>, typeName?: string): unknown;
  /** Whether a policy of each clause admits a row of a type. Returns a promise only when a policy does. */
  admits(narrowed: NarrowedCall<TContext>, row: unknown, typeName: string): MaybePromise<boolean>;
  /** Reports a mistake to `onRowsError`, and returns the error for the client. */
  report(error: RowsError, context: TContext): Error;
  /** Reports the first mistake of a call to `onRowsError`, and returns the error for the client. */
  fail(narrowed: NarrowedCall<TContext>, problem: string, cause?: unknown): Error;
}

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
    const isLate = narrowed.isDelivered === true || narrowed.connection !== undefined;
    const error = new RowsError(narrowed.coordinate, problem, { cause, isLate });
    narrowed.failure = report(error, narrowed.call.context);
    return narrowed.failure;
  }

  function report(error: RowsError, context: TContext): Error {
    onRowsError?.(error, context);
    return toInternalError(error);
  }

  function admits(
    narrowed: NarrowedCall<TContext>,
    row: unknown,
    typeName: string,
  ): MaybePromise<boolean> {
    const { coordinate, viewer, call, rules, connection, clauses, answers } = narrowed;
    const rule = rules === undefined ? noClauses : rules(typeName);
    const question = { coordinate, row, context: call.context, answers };
    const askPolicy = (policy: string) => policies.admitsRow(policy, viewer, question);
    if (connection === undefined) {
      // Most calls have clauses of one kind, which need not be joined for each row.
      if (rule.length === 0) return admitsRow(clauses, askPolicy);
      if (clauses.length === 0) return admitsRow(rule, askPolicy);
    }
    return admitsRow([...fieldClauses(narrowed), ...rule], askPolicy);
  }

  return { filterOf: createFilterOf(policies, combineFilters, fail), admits, report, fail };
}

type Fail<TContext> = NarrowedCalls<TContext>['fail'];

function createFilterOf<TContext>(
  policies: PolicyCalls<TContext>,
  combineFilters: CombineFilters,
  fail: Fail<TContext>,
): NarrowedCalls<TContext>['filterOf'] {
  const looksInto = combineFilters === prismaFilters ? 'every object' : 'plain objects';

  /** Rejects the filters that a data client could take for all rows. */
  function assertFilter(narrowed: NarrowedCall<TContext>, source: string, filter: unknown) {
    if (isPromise(filter)) {
      markRejectionHandled(filter);
      throw fail(narrowed, `${source} returned a promise: it must not be asynchronous`);
    }
    if (filter === undefined || filter === null)
      throw fail(narrowed, `${source} returned no filter`);
    const unset = findUndefined(filter, looksInto);
    if (unset !== undefined) {
      throw fail(narrowed, `${source} returned a filter in which \`${unset}\` is undefined`);
    }
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

  return (narrowed, typeName) => {
    if (narrowed.filters.has(typeName)) return narrowed.filters.get(typeName);
    const clauses = [...fieldClauses(narrowed), ...ruleFor(narrowed, typeName, fail)];
    const filters = clauses.map(({ rows }) => {
      const ofPolicies = rows.map((policy) => whereOf(narrowed, policy));
      return combine(narrowed, 'any', ofPolicies);
    });
    const value = filters.length === 0 ? undefined : combine(narrowed, 'all', filters);
    narrowed.filters.set(typeName, value);
    return value;
  };
}

/** Returns the rule that holds for all rows of a call, or for those of one type. */
function ruleFor<TContext>(
  narrowed: NarrowedCall<TContext>,
  typeName: string | undefined,
  fail: Fail<TContext>,
): readonly NarrowingClause[] {
  const { rowTypes, rules } = narrowed;
  if (typeName !== undefined && !rowTypes.has(typeName)) {
    throw fail(narrowed, `its resolver asked for rows of "${typeName}", which it does not return`);
  }
  const rule = typeName === undefined ? commonRule(narrowed) : (rules?.(typeName) ?? noClauses);
  if (rule !== undefined) return rule;
  throw fail(
    narrowed,
    'its types have different rules: its resolver must ask for the rows of each type by name',
  );
}

const noClauses: readonly NarrowingClause[] = [];

/** Returns the clauses of a field, and of the connections that it belongs to. */
const fieldClauses = <TContext>({
  connection,
  clauses,
}: NarrowedCall<TContext>): readonly NarrowingClause[] =>
  connection === undefined ? clauses : [...fieldClauses(connection), ...clauses];

/** Returns the rule that the types of a call have in common. Undefined: they have different rules. */
export function commonRule<TContext>({
  rowTypes,
  rules,
}: NarrowedCall<TContext>): readonly NarrowingClause[] | undefined {
  if (rules === undefined) return noClauses;
  const [first = noClauses, ...others] = [...rowTypes].map(rules);
  return others.every((each) => isSame(each, first)) ? first : undefined;
}

/** Whether two rules have the same clauses, as far as they decide which rows exist. */
function isSame(left: readonly NarrowingClause[], right: readonly NarrowingClause[]): boolean {
  const others = right.map(withoutProof);
  return (
    left.length === right.length &&
    left
      .map(withoutProof)
      .every((clause) => others.some((other) => implies(clause, other) && implies(other, clause)))
  );
}
