import { type GraphQLNamedType, type GraphQLResolveInfo, isAbstractType } from 'graphql';
import { isAsyncIterable } from '../../decision/iterables.ts';
import {
  createAuthorizationError,
  type DenialExtensions,
  placeOfValue,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { rejected, whenArrived } from '../calls/promises.ts';
import { BrokenList, readItems } from '../values/list-items.ts';
import { compileConnections } from './check-connection.ts';
import { watchEvent } from './check-event.ts';
import { type CheckRow, chainChecks, checkItems, leftOut } from './check-items.ts';
import type { FieldRows, HeldRules } from './compile-rows.ts';
import type { RowMistakes } from './row-mistakes.ts';
import type { RowOutcome } from './row-outcome.ts';
import { clausesOf, hidesRows, type RowRule } from './row-rule.ts';
import type { FindName, RuntimeTypes } from './runtime-types.ts';

/** A rule, and the call of a field whose values it holds for. */
interface CheckedCall<TContext> {
  readonly rule: RowRule<TContext>;
  readonly info: GraphQLResolveInfo;
  /** Whether the resolver must ask for the filter of its rows. */
  readonly filter: FieldRows<TContext>['filter'];
  readonly outcome: RowOutcome;
  readonly nameOf: FindName<TContext>;
  /** Called for each row that is not delivered. */
  readonly onHidden?: (() => void) | undefined;
}

/**
 * Returns what a field has returned, without the rows that do not exist for the viewer. A failure is a rejected promise,
 * never thrown: graphql-js 16 drops the promises of other list items when one throws.
 */
export type CheckRows<TContext> = (
  value: unknown,
  held: HeldRules<TContext>,
  info: GraphQLResolveInfo,
) => unknown;

const notAsked = 'its resolver did not ask which rows the viewer may see';

/** Creates the function that makes the check of a field. */
export function createCheckRows<TContext>(
  decider: Decider<TContext>,
  { fail }: RowMistakes<TContext>,
  { nameOf, nameUnguarded, requireProof }: RuntimeTypes<TContext>,
): (field: FieldRows<TContext>) => CheckRows<TContext> {
  const { schema, policies, reportOnce } = decider;
  const isDryRun = decider.report !== undefined;

  /** @throws {GraphQLError} after a mistake, and when the resolver must ask and did not. */
  function requireFilter({ rule, filter }: Pick<CheckedCall<TContext>, 'rule' | 'filter'>): void {
    if (rule.failure !== undefined) throw rule.failure;
    if (filter !== 'optional' && rule.filters.size === 0 && !isDryRun) throw fail(rule, notAsked);
  }

  /** @throws {GraphQLError} when the resolver must ask for the rows of each type that has a rule, and did not. */
  function requireFilterOf({ rule, filter }: CheckedCall<TContext>, typeName: string): void {
    const { filters, ofTypes } = rule;
    if (filter === 'optional' || isDryRun || ofTypes === undefined) return;
    if (filters.has(undefined) || filters.has(typeName)) return;
    if (ofTypes(typeName).length > 0) throw fail(rule, notAsked);
  }

  /** Decides what becomes of a row that is not admitted. In a dry run it is reported, and returned. */
  function hide({ rule, info, outcome, onHidden }: CheckedCall<TContext>, row: unknown): unknown {
    if (isDryRun) {
      reportOnce(toDenial(rule), rule.context, info);
      return row;
    }
    const isListed = outcome === 'left out' || outcome === 'null in the list';
    if (outcome === 'mistake' || (isListed && rule.filters.size > 0)) {
      throw fail(rule, 'it returned a row that its policies do not allow the viewer to see');
    }
    onHidden?.();
    if (outcome === 'refused') throw createAuthorizationError(toDenial(rule), placeOfValue(info));
    return outcome === 'left out' ? leftOut : null;
  }

  /** Creates the check of one row: by the policies in all clauses that hold for its type. */
  function createCheck(call: CheckedCall<TContext>): CheckRow {
    const { rule, info } = call;
    const { coordinate, viewer, context, answers } = rule;
    const check = (row: unknown, typeName: string): MaybePromise<unknown> => {
      requireFilterOf(call, typeName);
      const question = { coordinate, row, context, answers };
      const answer = policies.admitsToRow(clausesOf(rule, typeName), viewer, question);
      if (typeof answer === 'boolean') return answer ? row : hide(call, row);
      return whenArrived(answer, (isAdmitted) => (isAdmitted ? row : hide(call, row)));
    };
    return rule.ofTypes === undefined
      ? (row, type) => check(row, type.name)
      : byName(check, call.nameOf, { context, info });
  }

  /** Creates the check of rows that are counted where they are returned, and may not be delivered. */
  function createProofCheck({ rule, info }: CheckedCall<TContext>): CheckRow {
    const { context, unproven } = rule;
    if (unproven === undefined) return (row) => row;
    const prove = (row: unknown, typeName: string): unknown => {
      requireProof(typeName, { context, info });
      return row;
    };
    return byName(prove, nameUnguarded, { context, info });
  }

  return (field) => {
    const { depth, returned: type, outcome, connections } = field;
    const isConnection = connections.size > 0;
    const connectionChecks = compileConnections(schema, field);

    /** Creates the check of connections: of the rows that each has when it is returned. */
    function createConnectionCheck(call: CheckedCall<TContext>): CheckRow {
      const { rule, info } = call;
      const checkRow = chainChecks(createCheck(call), createProofCheck(call));
      const check = (value: unknown, name: string): MaybePromise<unknown> => {
        const checkProperties = connectionChecks.get(name);
        if (checkProperties === undefined) return value;
        requireFilter(call);
        return whenArrived(checkProperties(value, checkRow), () => {
          // It counts the rows of the types whose filters its resolver has asked for by name, or else of all types.
          if (rule.unproven !== undefined && rule.filters.size === 0) throw rule.unproven;
          return value;
        });
      };
      return byName(check, nameOf, { context: rule.context, info });
    }

    return (value, held, info) => {
      const { own, connection, ofOthers } = held;
      const rule = own ?? connection;
      const first = rule ?? ofOthers;
      if (first === undefined) return value;
      held.event = watchEvent(info, depth);
      const { onHidden } = held.event ?? {};
      const checks: CheckRow[] = [];
      if (ofOthers !== undefined) {
        checks.push(
          createCheck({ rule: ofOthers, info, filter: 'optional', outcome, nameOf, onHidden }),
        );
      }
      const filter = own !== undefined && hidesRows(own) ? field.filter : 'optional';
      if (rule !== undefined) {
        const isMistake = isConnection || connection !== undefined;
        const create = isConnection ? createConnectionCheck : createCheck;
        checks.push(
          create({
            rule,
            info,
            filter,
            outcome: isMistake ? 'mistake' : outcome,
            nameOf: isConnection ? nameUnguarded : nameOf,
            onHidden,
          }),
        );
      }
      const checkRow = checks.reduce(chainChecks);
      const requireRead = () =>
        requireFilter({ rule: first, filter: filter === 'required' ? filter : 'optional' });
      try {
        const items = depth > 0 ? readItems(value) : value;
        if (items instanceof BrokenList) throw items.error;
        // An asynchronous iterable may ask when it is read.
        if (depth === 0 || !isAsyncIterable(items)) requireRead();
        return checkItems(items, depth, (row) => {
          requireRead();
          return checkRow(row, type);
        });
      } catch (error) {
        return rejected(error);
      }
    };
  };
}

/** Creates the check of values by the names of their object types. An error in place of a name is that of the value. */
function byName<TContext>(
  check: (value: unknown, typeName: string) => MaybePromise<unknown>,
  nameOf: FindName<TContext>,
  call: Parameters<FindName<TContext>>[2],
): CheckRow {
  // Nearly all values have the same type, and graphql-js looks at it several times to find out that it is concrete.
  let checkedType: GraphQLNamedType | undefined;
  let isNamed = false;
  return (value, type) => {
    if (type !== checkedType) isNamed = !isAbstractType(type);
    checkedType = type;
    if (isNamed) return check(value, type.name);
    return whenArrived(
      nameOf(value, type, call),
      (name): MaybePromise<unknown> => (name instanceof Error ? name : check(value, name ?? '')),
    );
  };
}

/** Returns the refusal of a row. It names the rules of all types that the row could have: not which one it has. */
function toDenial<TContext>(rule: RowRule<TContext>): DenialExtensions {
  const { coordinate, clauses, ofTypes, rowTypes } = rule;
  const byTypes = ofTypes === undefined ? [] : [...rowTypes].flatMap(ofTypes);
  const unmet = [...new Set([...clauses, ...byTypes])];
  return {
    code: 'FORBIDDEN',
    reason: 'POLICY_DENIED',
    coordinate,
    requires: unmet.map(({ requires }) => requires),
    policies: unmet.map(({ rows }) => rows),
  };
}
