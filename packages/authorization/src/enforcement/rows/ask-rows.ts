import { findUndefined } from '../../decision/find-undefined.ts';
import { isPromise } from '../../decision/is-promise.ts';
import type { ShapesOf } from '../../options/shape.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { NarrowingClause } from '../../requirements/requirement.ts';
import { objectTypesOf } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { markRejectionHandled } from '../calls/promises.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { CompiledRows, RowRequest } from './compile-rows.ts';
import type { CallInfo, RowCall, RowCalls } from './row-calls.ts';
import type { RowMistakes } from './row-mistakes.ts';
import { commonRule, type RowRule } from './row-rule.ts';

/** Combines filters in the terms of the application's data client. Called with two filters or more. */
export interface CombineFilters {
  /** Returns the filter of the rows that any of the filters selects. */
  readonly any: (filters: readonly unknown[]) => unknown;
  /** Returns the filter of the rows that all of the filters select. */
  readonly all: (filters: readonly unknown[]) => unknown;
  /** Returns the filter of the rows whose property has one of these values. For rows in places (`@within`). */
  readonly in?: (property: string, values: readonly unknown[]) => unknown;
}

export const combineFiltersShapes = {
  any: 'function',
  all: 'function',
  in: 'function?',
} satisfies ShapesOf<CombineFilters>;

export interface FilterOptions {
  /** Default: the filters of Prisma, `{ OR: [...] }` and `{ AND: [...] }`. */
  readonly combineFilters?: CombineFilters;
}

export const prismaFilters: Required<CombineFilters> = {
  any: (filters) => ({ OR: filters }),
  all: (filters) => ({ AND: filters }),
  in: (property, values) => ({ [property]: { in: values } }),
};

export type RowFilters<TContext> = ReturnType<typeof createRowFilters<TContext>>;

/** Creates what makes filters in the terms of the application's data client. */
export function createRowFilters<TContext>(
  { schema, policies }: Decider<TContext>,
  compiled: CompiledRows<TContext>,
  { fail }: RowMistakes<TContext>,
  { combineFilters = prismaFilters }: FilterOptions,
) {
  const looksInto = combineFilters === prismaFilters ? 'every object' : 'plain objects';

  /** Rejects the filters that a data client could take for all rows. */
  function requireFilter(rule: RowRule<TContext>, source: string, filter: unknown): unknown {
    if (isPromise(filter)) {
      markRejectionHandled(filter);
      throw fail(rule, `${source} returned a promise: it must not be asynchronous`);
    }
    if (filter === undefined || filter === null) throw fail(rule, `${source} returned no filter`);
    const unset = findUndefined(filter, looksInto);
    if (unset === undefined) return filter;
    throw fail(rule, `${source} returned a filter in which \`${unset}\` is undefined`);
  }

  function whereOf(rule: RowRule<TContext>, policy: string): unknown {
    let filter: unknown;
    try {
      filter = policies.where(policy, rule.viewer, rule.context);
    } catch (error) {
      policies.onError(error, policy, rule.context);
      throw fail(rule, `the \`where\` of ${policy} threw an error`, error);
    }
    return requireFilter(rule, `the \`where\` of ${policy}`, filter);
  }

  function combine(
    rule: RowRule<TContext>,
    how: 'any' | 'all',
    filters: readonly unknown[],
  ): unknown {
    if (filters.length === 1) return filters[0];
    return requireFilter(rule, `\`combineFilters.${how}\``, combineFilters[how](filters));
  }

  /** Returns the clauses of the rule of one type, or those that all types have in common. */
  function clausesOfType(
    rule: RowRule<TContext>,
    typeName: string | undefined,
  ): readonly NarrowingClause[] {
    const { rowTypes, ofTypes } = rule;
    if (typeName !== undefined && !rowTypes.has(typeName)) {
      throw fail(rule, `its resolver requested rows of "${typeName}", which it does not return`);
    }
    const clauses = typeName === undefined ? commonRule(rule) : (ofTypes?.(typeName) ?? []);
    if (clauses !== undefined) return clauses;
    throw fail(
      rule,
      'its types have different rules: its resolver must request the rows of each type by name',
    );
  }

  /**
   * Returns the filter of the rows of a rule, or of those of one type, and records that it was asked for. Undefined: all
   * rows.
   *
   * @throws {GraphQLError} when it cannot be made, and what `onPolicyError` throws.
   */
  function of(rule: RowRule<TContext>, typeName?: string): unknown {
    if (rule.filters.has(typeName)) return rule.filters.get(typeName);
    const clauses = [...rule.ofField, ...clausesOfType(rule, typeName)];
    const filters = clauses.map(({ rows }) =>
      combine(
        rule,
        'any',
        rows.map((policy) => whereOf(rule, policy)),
      ),
    );
    const filter = filters.length === 0 ? undefined : combine(rule, 'all', filters);
    rule.filters.set(typeName, filter);
    return filter;
  }

  return {
    of,
    /**
     * Returns the filter of the rows of a type that exist for the viewer. Undefined: all rows. Not for dry runs.
     *
     * @throws {AuthorizationError} when the type has a rule, and the viewer is anonymous or has not proved its identity as
     * the rule asks, and what `of` throws.
     */
    ofType(typeName: string, request: RowRequest<TContext>): unknown {
      const refusal = compiled.refusalOf(objectTypesOf(schema, typeName), request);
      if (refusal !== undefined) throw refusal;
      const rule = compiled.ofType(typeName, request.context);
      return rule && of(rule);
    },
  };
}

/**
 * Returns the filter of the rows that a field may return to the viewer, in the terms of the application's data client, or
 * undefined for all rows. `info` is that of the field's resolver, or of a resolver of its connection, which may also read
 * other types. Where types of an interface or union have different rules, `typeName` names the object type to read.
 *
 * @throws {GraphQLError} an internal error, when the filter cannot be made or no guard has seen `info`.
 * @throws {AuthorizationError} when the rows have a rule, and the viewer is anonymous, or has not proved its identity as the
 * rule of the type asks that `typeName` names. A connection counts rows: without `typeName`, those of all its types.
 */
export type RowsOf = (info: CallInfo, typeName?: string) => unknown;

/** Creates the function with which resolvers ask for the filter of their rows. */
export function createRowsOf<TContext>(
  { schema, requirements, report, viewerOf }: Decider<TContext>,
  compiled: CompiledRows<TContext>,
  filters: RowFilters<TContext>,
  calls: RowCalls<TContext>,
): RowsOf {
  return (info, typeName) => {
    const coordinate = memberCoordinate(info.parentType.name, info.fieldName);
    const own = calls.of(info);
    const found = own === undefined ? calls.above(info) : [own];
    if (found === undefined || (own === undefined && calls.isExpected(coordinate))) {
      const problem = 'no guard has seen the `info` that was passed to `rowsOf`';
      throw toInternalError(new RowsError(coordinate, problem));
    }
    if (report !== undefined) return undefined;
    const [call] = found;
    const rule = found.find((each) => each.rule !== undefined)?.rule;
    if (call !== undefined) {
      const isOther = typeName !== undefined && !rule?.rowTypes.has(typeName);
      // A field that returns no rows itself reads any. Their filter does not depend on the connection above.
      const isReadable = (name: string) =>
        own === undefined ? objectTypesOf(schema, name).size > 0 : own.rowTypes.has(name);
      if (isOther && isReadable(typeName)) return filters.ofType(typeName, call);
      const refusal = refusalOf(call, typeName);
      if (refusal !== undefined) throw refusal;
    }
    if (rule !== undefined) return filters.of(rule, typeName);
    if (typeName === undefined || requirements.ruleOf(typeName).length === 0) return undefined;
    throw toInternalError(new RowsError(coordinate, `it returns no rows of "${typeName}"`));
  };

  /** Returns the refusal of rows that are asked for by name, that are counted, or that anonymous viewers lack. */
  function refusalOf(call: RowCall<TContext>, typeName: string | undefined) {
    const needsAll = call.connections.size > 0 || !viewerOf(call.context).isAuthenticated;
    const unnamed = needsAll ? call.rowTypes : [];
    return compiled.refusalOf(typeName === undefined ? unnamed : [typeName], call);
  }
}
